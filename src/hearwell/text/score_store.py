"""A score model as bytes of plain arrays: nothing that is run when it is read."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np

from hearwell.text.score import FOLDS, Curve, Quality, ScoreModel


def written(model: ScoreModel) -> bytes:
    arrays: dict[str, Any] = {
        "pieces": letters(model.pieces),
        "terms": letters(model.terms),
        "rarity": model.rarity,
        "weights": model.weights,
        "base": model.base,
        "lines": np.array([[curve.place, curve.slope] for curve in model.curves]),
        "quality": letters([json.dumps(told(model))]),
    }
    for number, curve in enumerate(model.curves):
        arrays |= {f"at_{number}": curve.at, f"chance_{number}": curve.chance}
    file = BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def read(content: bytes) -> ScoreModel:
    """Return the model; raise ValueError where it is none."""
    with np.load(BytesIO(content), allow_pickle=False) as arrays:
        quality = json.loads(lines(arrays["quality"])[0])
        curves = [
            Curve(arrays[f"at_{number}"], arrays[f"chance_{number}"], *arrays["lines"][number])
            for number in range(FOLDS)
        ]
        return ScoreModel(
            lines(arrays["pieces"]),
            lines(arrays["terms"]),
            arrays["rarity"],
            arrays["weights"],
            arrays["base"],
            curves,
            Quality(**quality["all"]),
            {name: Quality(**each) for name, each in quality["by_language"].items()},
        )


def told(model: ScoreModel) -> dict[str, Any]:
    """Return how well texts are judged, as plain data."""
    by_language = {name: asdict(each) for name, each in model.by_language.items()}
    return {"all": asdict(model.quality), "by_language": by_language}


def letters(texts: Sequence[str]) -> Any:
    """Return texts without line breaks as one array of bytes."""
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def lines(array: Any) -> list[str]:
    text = array.tobytes().decode()
    return text.split("\n") if text else []
