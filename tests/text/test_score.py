"""The score model against scikit-learn's own, and what it does with too little."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline, make_union

from hearwell.text.score import FEWEST, FOLDS, Quality, Scored, ScoreModel, fold_of, learn
from hearwell.text.score_store import read, written
from hearwell.text.score_words import explained
from hearwell.text.words import words

GOOD = words("fast friendly great helpful solved thanks lovely quick kind perfect")
BAD = words("slow rude broken waiting never worst useless angry lost late")
PLAIN = words("the agent order parcel camera phone answer today again they was and for with")


def comments(n, seed=1, share=0.6, clear=0.85):
    """Return made-up comments: half of the words say nothing, the others mostly what was scored."""
    rng = np.random.default_rng(seed)
    is_high = rng.random(n) < share
    texts = []
    for high in is_high:
        said = [
            rng.choice(PLAIN)
            if rng.random() < 0.6
            else rng.choice(GOOD if (rng.random() < clear) == high else BAD)
            for _ in range(rng.integers(3, 12))
        ]
        texts.append(" ".join(said))
    persons = [f"c{number}" for number in rng.integers(0, max(n // 2, 1), n)]
    return Scored(texts, is_high, persons, ["en"] * n)


@pytest.fixture(scope="module")
def scored():
    return comments(600)


@pytest.fixture(scope="module")
def model(scored):
    return learn(scored)


def theirs():
    return make_union(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2),
        TfidfVectorizer(tokenizer=words, token_pattern=None, ngram_range=(1, 2), min_df=2),
    )


def test_agrees_with_scikit_learn(scored, model):
    """Chances of the stored arrays are those of its own vectorisers, regression and calibration."""
    counted = theirs().fit_transform(scored.texts)
    fold = np.array([fold_of(person) for person in scored.persons])
    value = np.zeros(len(fold))
    for each in range(FOLDS):
        fit = LogisticRegression(solver="liblinear", C=5, random_state=0)
        fit.fit(counted[fold != each], scored.is_high[fold != each])
        value[fold == each] = fit.decision_function(counted[fold == each])
    chance = np.zeros(len(fold))
    for each in range(FOLDS):
        curve = IsotonicRegression(out_of_bounds="clip")
        curve.fit(value[fold != each], scored.is_high[fold != each])
        chance[fold == each] = curve.predict(value[fold == each])
    stored = read(written(model))
    assert_allclose(stored.chances(scored.texts, fold), chance, atol=1e-9)
    assert stored.quality.area == pytest.approx(roc_auc_score(scored.is_high, value))


def test_new_texts_are_judged_as_scikit_learn_does(scored, model):
    """Texts with words that nobody had written before."""
    fresh = [*comments(50, seed=9).texts, "", "zzz qqq", "LATE! Never again…"]
    for each in range(FOLDS):
        own = [fold_of(person) != each for person in scored.persons]
        union = theirs().fit(scored.texts)
        fit = LogisticRegression(solver="liblinear", C=5, random_state=0)
        fit.fit(union.transform(np.array(scored.texts)[own]), scored.is_high[own])
        expected = make_pipeline(union, fit).decision_function(fresh)
        assert_allclose(model.decisions(fresh, [each] * len(fresh)), expected, atol=1e-9)


def test_what_is_stored_is_plain(model):
    """Reading back runs nothing; what is no model is refused."""
    content = written(model)
    assert read(content).quality == model.quality
    assert written(read(content)) == content
    with pytest.raises(ValueError, match="pickle"):
        read(b"cos\nsystem\n(S'true'\ntR.")


def test_the_same_comments_give_the_same_model(scored, model):
    assert written(learn(scored)) == written(model)


def test_nobody_is_judged_by_their_own_scores(scored, model):
    """Were a customer's scores the other way round, the judgement of their texts is the same."""
    person = scored.persons[0]
    theirs_own = np.array([each == person for each in scored.persons])
    other = learn(replace(scored, is_high=scored.is_high ^ theirs_own))
    own = [text for text, each in zip(scored.texts, theirs_own, strict=True) if each]
    folds = [fold_of(person)] * len(own)
    assert_allclose(other.decisions(own, folds), model.decisions(own, folds), atol=1e-9)


def test_words_add_up(model):
    """What the words add, with the base of the fold, is the decision value of the text."""
    text = "They was never helpful, thanks; WORST  camera-phone again"
    for fold in range(FOLDS):
        added = sum(adds for _, adds in explained(model, text, fold))
        assert model.base[fold] + added == pytest.approx(model.decisions([text], [fold])[0])
    weighed = dict(explained(model, text, 0))
    assert weighed["worst"] < 0 < weighed["helpful,"]


def test_too_few_comments_teach_nothing():
    """Below 50, and below 15 of the rarer, there is no model; and it is told how many there are."""
    few = learn(comments(FEWEST - 1))
    assert isinstance(few, Quality)
    assert (few.n, few.is_enough, few.is_good) == (FEWEST - 1, False, False)
    one_sided = comments(300, share=0.97)
    rare = learn(one_sided)
    assert isinstance(rare, Quality)
    assert rare.fewer == (~one_sided.is_high).sum() < 15


def test_words_that_tell_nothing_teach_nothing():
    """Scores drawn without regard to the words: the area is about a half, and there is no model."""
    told = learn(comments(400, clear=0.5))
    assert isinstance(told, Quality)
    assert told.is_enough
    assert told.area == pytest.approx(0.5, abs=0.1)
    assert told.area_low < 0.6


def test_few_comments_get_a_logistic_curve():
    """From 50 to 99: chances keep from certainty, and grow with the decision value."""
    model = learn(comments(90, clear=0.95))
    assert isinstance(model, ScoreModel)
    assert all(len(curve.at) == 0 and curve.slope > 0 for curve in model.curves)
    chance = model.chances(["great helpful thanks", "worst rude late"], [0, 0])
    assert 0 < chance[1] < 0.5 < chance[0] < 1


def test_chances_are_true(model):
    """Of fresh texts, as many are from satisfied people as the chances say, band by band."""
    fresh = comments(4000, seed=3)
    chance = model.chances(fresh.texts, [fold_of(person) for person in fresh.persons])
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        band = (chance >= low) & (chance <= low + 0.2)
        assert fresh.is_high[band].mean() == pytest.approx(chance[band].mean(), abs=0.1)


def test_languages_are_judged_apart():
    """A language with few scored comments is not judged, whatever is known of the others."""
    many, few = comments(400), comments(30, seed=4)
    both = Scored(
        [*many.texts, *few.texts],
        np.concatenate([many.is_high, few.is_high]),
        [*many.persons, *(f"p {person}" for person in few.persons)],
        ["en"] * 400 + ["pa"] * 30,
    )
    model = learn(both)
    assert model.judges("en")
    assert not model.judges("pa")
    assert not model.judges("km")
    assert (model.by_language["pa"].n, model.by_language["pa"].area) == (30, None)


@pytest.mark.parametrize(
    ("good", "bad", "between"),
    [
        ("ਵਧੀਆ ਧੰਨਵਾਦ ਛੇਤੀ", "ਮਾੜਾ ਦੇਰ ਖਰਾਬ", "ਆਰਡਰ ਕੈਮਰਾ ਫ਼ੋਨ ਅੱਜ"),
        ("നല്ലത് നന്ദി വേഗം", "മോശം വൈകി കേടായി", "ഓർഡർ ക്യാമറ ഫോൺ ഇന്ന്"),
        ("ល្អ អរគុណ លឿន", "អាក្រក់ យឺត ខូច", "កម្មង់ កាមេរ៉ា ទូរស័ព្ទ ថ្ងៃនេះ"),
        ("بہترین شکریہ جلدی", "برا دیر خراب", "آرڈر کیمرہ فون آج"),
        ("добра дзякуй хутка", "дрэнна позна зламана", "заказ камера тэлефон сёння"),
    ],
)
def test_in_any_script(good, bad, between):
    """Punjabi, Malayalam, Khmer, Urdu and Belarusian, also where no blanks stand between words."""
    rng = np.random.default_rng(2)
    is_high = np.arange(120) % 2 == 0
    blank = "" if "ល" in good else " "
    texts = [
        blank.join(
            [*rng.permutation(between.split())[:3], rng.choice((good if high else bad).split())]
        )
        for high in is_high
    ]
    model = learn(Scored(texts, is_high, [f"c{i}" for i in range(120)], ["x"] * 120))
    assert model.quality.area > 0.95
    assert model.judges("x")
