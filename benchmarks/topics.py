"""Low scores against high ones by 200,000 comments in two languages, from the lake to the phrases.

Words are drawn as in speech (Zipf); one text in eight has a number or an address, as in real
comments. The time is that of the processor, not of the clock.
"""

import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from hearwell.engine.question import Question, find
from hearwell.insights.topics.explain import topics
from hearwell.lake.lake import Lake, create, open_lake
from hearwell.records.survey import Survey

TEXTS, WORDS, LETTERS = 200_000, 20_000, "abcdefghijklmnopqrstuvwxyzãéç"
SETTINGS = """
[text]
languages = ["en", "pt"]
[topics.delivery]
words = ["a*", "late"]
[topics.bill]
words = ["bill", "invoice*"]
not = ["no bill"]
"""


def measure() -> dict[str, float]:
    """Return processor seconds of the contrast, and the memory of it and of making the texts."""
    with tempfile.TemporaryDirectory() as folder:
        lake = filled(Path(folder) / "lake")
        question = Question(find("CSAT"))
        topics(lake, Question(find("CSAT"), ends="2025-01-10"))  # libraries are loaded
        start = time.process_time()
        found = topics(lake, question)
        seconds = time.process_time() - start
        lake.close()
    return {
        "texts": found.texts,
        "leads": found.phrases[0].of.phrase == "late",
        "seconds": seconds,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def drawn(texts: int) -> tuple[list[str], np.ndarray]:
    """Return comments, and which of them are of people who are not satisfied."""
    rng = np.random.default_rng(1)
    words = ["".join(rng.choice(list(LETTERS), rng.integers(2, 9))) for _ in range(WORDS)]
    likely = 1 / np.arange(1, WORDS + 1)
    picked = rng.choice(WORDS, (texts, 14), p=likely / likely.sum())
    is_low, has_it = rng.random(texts) < 0.3, rng.random(texts)
    ends = rng.choice(
        ["", ". Call 0300-1234567", ". me@shop.example", ". Order 4711"],
        texts,
        p=[0.88, 0.04, 0.04, 0.04],
    )
    comments = [
        " ".join(words[i] for i in row) + (" late" if late else "") + end
        for row, late, end in zip(
            picked.tolist(), has_it < np.where(is_low, 0.05, 0.01), ends, strict=True
        )
    ]
    return comments, is_low


def filled(path: Path) -> Lake:
    with create(path):
        (path / "hearwell.toml").write_text(SETTINGS)
    comments, is_low = drawn(TEXTS)
    lake = open_lake(path, writable=True)
    lake.connection.register(
        "made", {"comment": np.array(comments, dtype=object), "is_low": is_low}
    )
    columns = ", ".join(f'"{name}"' for name in ROW)
    lake.connection.execute(
        f"insert into lake.{Survey.table_name} ({columns}) "
        f"select {', '.join(ROW.values())} from (select *, row_number() over () as i from made)"
    )
    lake.connection.unregister("made")
    return lake


ROW = {
    "source": "'made'",
    "received_at": "timestamp '2025-06-01'",
    "survey_id": "i::varchar",
    "instrument": "'csat'",
    "status": "'answered'",
    "scale_low": "1",
    "scale_high": "5",
    "customer_id": "'c' || (i % 150000)",
    "sent_at": "timestamp '2025-01-01' + to_minutes(i::int)",
    "answered_at": "timestamp '2025-01-01' + to_minutes(i::int)",
    "answer": "if(is_low, 1, 5)",
    "comment": "comment",
}

if __name__ == "__main__":
    print(json.dumps(measure()))
