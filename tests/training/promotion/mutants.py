"""Bad challengers, each made for real from a model that would pass, with the reason code that must refuse it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.tables.money import MoneyRule
from littlegiants.models.manifest import Dates
from littlegiants.training.promotion.candidate import Candidate
from tests.training.promotion.broken import broken_files, fat
from tests.training.promotion.world import World

Maker = Callable[[World], Candidate]
Words = tuple[str, ...]
AS_OF, END = date(2023, 12, 31), date(2025, 12, 31)
SEEN = Dates(fit=(date(2021, 6, 30),), calibrate=AS_OF, test=None, refit_through=AS_OF, known_by=END)
STRONG: dict[str, Any] = {"trees": 60, "leaf_firms": 5, "learning_rate": 0.2, "leaves": 31}


def mutants() -> Iterator[tuple[str, str, Maker]]:
    """Every bad challenger: what it is, the reason code, and how it is made."""
    yield from _leaky()
    yield from _worthless()
    yield from _uncalibrated()
    yield from _old()
    yield from _other_columns()
    yield from broken_files()
    yield from _other_outcome()
    yield from _local()


def _leaky() -> Iterator[tuple[str, str, Maker]]:
    yield "fitted on the window, dates stated", "trained_on_window", partial(_seen, 1)
    for seed in (1, 2, 3):
        yield f"fitted on the window, dates forged, seed {seed}", "too_good", partial(_seen_in_secret, seed)
    for share in (0.7, 0.9):
        yield f"fitted on {share:.0%} of the window, dates forged", "too_good", partial(_trained_on_share, share)
    yield "trained without a holdout", "trained_on_window", lambda w: w.write(w.model, dates=SEEN)
    yield "settings chosen on the window", "trained_on_window", _chosen_by_the_window


def _chosen_by_the_window(world: World) -> Candidate:
    config, window = world.model.manifest.config, world.gate.window
    assert window is not None
    chosen = {**config["chosen"], "known_by": str(window.known_by)}
    return world.write(world.model, config={**config, "chosen": chosen})


def _seen(seed: int, world: World) -> Candidate:
    return world.write(world.fit(world.window, seed=seed), dates=SEEN)


def _seen_in_secret(seed: int, world: World) -> Candidate:
    return world.write(world.fit(world.window, seed=seed, **STRONG))


def _trained_on_share(share: float, world: World) -> Candidate:
    mask = np.random.default_rng(0).random(len(world.window)) < share
    return world.write(world.fit(world.window.rows(mask), **STRONG))


def _worthless() -> Iterator[tuple[str, str, Maker]]:
    yield "constant, all leaves alike", "constant", lambda w: w.write(w.leaves(lambda *_: 0.01))
    for slope in (0.001, 0.08):
        yield (
            f"collapsed, slope {slope}",
            "constant",
            partial(_collapsed, slope),
        )
    yield "NaN in every leaf", "scores", lambda w: w.write(w.leaves(lambda *_: float("nan")))
    yield "NaN in one tree", "scores", lambda w: w.write(w.leaves(lambda t, _, v: float("nan") if t == 30 else v))
    yield "NaN in one leaf", "scores", lambda w: w.write(w.leaves(lambda t, n, v: float("nan") if t == n == 0 else v))
    yield "inverted", "baselines", lambda w: w.write(w.leaves(lambda _t, _n, v: -v))
    yield "half of the trees inverted", "skill", lambda w: w.write(w.leaves(lambda t, _n, v: -v if t % 2 else v))
    yield "leaf values of another leaf", "skill", lambda w: w.write(w.leaves(_shuffled(w)))
    yield "trained on the opposite", "baselines", lambda w: w.write(w.fit(labels=1 - w.trained.fitting.market))
    for seed in (1, 2):
        yield f"random labels, seed {seed}", "baselines", partial(_random, seed)
    for trees in (1, 3):
        yield f"{trees} trees", "skill", partial(_few, trees)
    for seed in (1, 2):
        yield f"columns shuffled at training, seed {seed}", "baselines", partial(_blind, seed)


def _shuffled(world: World):
    order = np.random.default_rng(0).permutation(8)
    booster = world.model.market.booster
    return lambda tree, leaf, value: booster.get_leaf_output(tree, int(order[leaf])) if leaf < 7 else value


def _collapsed(slope: float, world: World) -> Candidate:
    return world.write(world.calibrated(slope=slope, intercept=-1.2 - slope * world.logit_mean()))


def _random(seed: int, world: World) -> Candidate:
    return world.write(world.fit(labels=np.random.default_rng(seed).permutation(world.trained.fitting.market)))


def _few(trees: int, world: World) -> Candidate:
    return world.write(world.fit(trees=trees, learning_rate=0.3))


def _blind(seed: int, world: World) -> Candidate:
    order = np.random.default_rng(seed).permutation(len(FEATURES))
    return world.write(world.fit(values=world.trained.fitting.values[:, order]))


def _uncalibrated() -> Iterator[tuple[str, str, Maker]]:
    for by in (0.3, 0.5, 2.0, 3.0):
        what = "overconfident" if by > 1 else "underconfident"
        yield f"{what}, log-odds times {by}", "calibration", partial(_scaled, by, 0.0)
    for shift in (-1.5, -1.0, 0.7, 2.0):
        yield f"intercept moved by {shift:+}", "calibration", partial(_scaled, 1.0, shift)
    for by in (0.4, 2.5):
        yield f"leaf values times {by}", "calibration", partial(_stretched, by)
    yield "interval of no width", "interval", lambda w: w.write(w.spread(-40.0, 0.0))
    yield "interval of 0 to 1", "interval", lambda w: w.write(w.spread(0.0, 50.0))


def _scaled(by: float, shift: float, world: World) -> Candidate:
    head = world.model.market.calibration
    # Turned about the mean, so that it is the spread that is wrong and not the level.
    intercept = head.intercept + head.slope * (1 - by) * world.logit_mean() + shift
    return world.write(world.calibrated(slope=head.slope * by, intercept=intercept))


def _stretched(by: float, world: World) -> Candidate:
    return world.write(world.leaves(lambda _tree, _leaf, value: value * by))


def _old() -> Iterator[tuple[str, str, Maker]]:
    def dated(world: World, **changes) -> Candidate:
        return world.write(world.model, dates=world.model.manifest.dates.model_copy(update=changes))

    earlier = {"fit": (date(2018, 6, 30),), "calibrate": date(2020, 6, 30), "refit_through": date(2020, 6, 30)}
    yield "fitted through an earlier date", "older_data", lambda w: dated(w, **earlier, test=date(2022, 6, 30))
    yield "data that end earlier", "older_data", lambda w: dated(w, known_by=date(2025, 12, 30))
    ancient = {"fit": (date(2014, 6, 30),), "calibrate": date(2016, 6, 30), "refit_through": date(2016, 6, 30)}
    yield "expired", "freshness", lambda w: dated(w, **ancient, test=date(2018, 6, 30))
    yield "trained on data that are not given", "freshness", lambda w: dated(w, known_by=date(2026, 6, 30))
    yield "calibrated within the window of its fit", "dates", lambda w: dated(w, calibrate=date(2021, 6, 30))
    yield "tested within the window of its calibration", "dates", lambda w: dated(w, test=date(2023, 6, 30))
    yield "fitted through a date of no stage", "dates", lambda w: dated(w, refit_through=date(2022, 12, 31))
    yield "an older version", "version", lambda w: replace(w.write(w.model), version=0)
    yield (
        "taken back before",
        "version",
        lambda w: replace(w.write(w.model), rolled_back="2026-01-01: scores of one sector were off"),
    )


def _other_columns() -> Iterator[tuple[str, str, Maker]]:
    def columns(world: World, names: tuple[str, ...]) -> Candidate:
        return world.write(world.model, features=names)

    yield "a column missing", "features", lambda w: columns(w, FEATURES[:-1])
    yield "two columns swapped", "features", lambda w: columns(w, (FEATURES[1], FEATURES[0], *FEATURES[2:]))
    yield "a column renamed", "features", lambda w: columns(w, ("colour", *FEATURES[1:]))
    yield "a column more", "features", lambda w: columns(w, (*FEATURES, "colour"))
    changes: dict[str, Callable[[Words], Words]] = {
        "reversed": lambda words: words[::-1],
        "one lost": lambda words: words[1:],
        "one renamed": lambda words: ("Atlantis", *words[1:]),
        "two swapped": lambda words: (words[1], words[0], *words[2:]),
    }
    for what, change in changes.items():
        yield (
            f"categories, {what}",
            "categories",
            partial(_recoded, change),
        )
    tables = ("rounds", "patents", "recognitions")
    yield "trained without two tables", "schema", lambda w: w.write(w.model, observed_tables=tables)
    yield "money by other rates", "money", lambda w: w.write(w.model, money=MoneyRule("0" * 64))
    yield "money in other prices", "money", lambda w: w.write(w.model, money=MoneyRule(constant_prices=2015))


def _recoded(change: Callable[[Words], Words], world: World) -> Candidate:
    words = world.model.manifest.categories
    return world.write(world.model, categories={**words, "country_code": change(words["country_code"])})


def _other_outcome() -> Iterator[tuple[str, str, Maker]]:
    def configured(world: World, **changes) -> Candidate:
        manifest = world.model.manifest
        settings = {**manifest.config, "label": {**manifest.config["label"], **changes}}
        stated = {"outcome": settings["label"]["outcome"], "min_round_usd": settings["label"]["min_round_usd"]}
        stated["timespan"] = f"{settings['label']['timespan_months']} months"
        return world.write(world.model, config=settings, label=manifest.label.model_copy(update=stated))

    def labelled(world: World, **changes) -> Candidate:
        return world.write(world.model, label=world.model.manifest.label.model_copy(update=changes))

    yield "another outcome", "label", lambda w: configured(w, outcome="exit")
    yield "a longer window", "label", lambda w: configured(w, timespan_months=36)
    yield "a shorter window", "label", lambda w: configured(w, timespan_months=12)
    yield "smaller rounds count", "label", lambda w: configured(w, min_round_usd=1.0)
    yield "a label it was not configured for", "label", lambda w: labelled(w, timespan="12 months")
    yield "a cohort it was not configured for", "label", lambda w: labelled(w, require_round=True)
    yield "settings of another version", "label", lambda w: w.write(w.model, config={"colour": "red"})


def _local() -> Iterator[tuple[str, str, Maker]]:
    for by in ("country", "stage", "age"):
        yield f"one {by} learned upside down", "slices", partial(_upside_down, by)
    yield "a few hundred firms swapped among themselves", "slices", _swapped_stage
    yield "2,100 trees", "size", lambda w: w.write(_huge(w))
    yield "25 MB", "size", fat


def _upside_down(by: str, world: World) -> Candidate:
    """Fit with the outcomes of the largest slice turned round."""
    column = {"country": "country_code", "stage": "funding_stage", "age": "age_years"}[by]
    panel = world.trained.fitting
    values = panel.values[:, FEATURES.index(column)]
    if by == "age":
        inside = (values >= 2) & (values < 5)
    else:
        codes, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        inside = values == codes[np.argmax(counts)]
    return world.write(world.fit(labels=np.where(inside, 1 - panel.market, panel.market).astype(np.int8), leaves=15))


def _swapped_stage(world: World) -> Candidate:
    """Turn round the outcomes of one smaller stage only: the whole hardly notices."""
    panel = world.trained.fitting
    inside = panel.values[:, FEATURES.index("funding_stage")] == 1
    return world.write(world.fit(labels=np.where(inside, 1 - panel.market, panel.market).astype(np.int8)))


def _huge(world: World):
    panel = world.trained.fitting
    some = panel.rows(np.arange(len(panel)) >= len(panel) - 600)
    return world.fit(some, trees=2_100, leaves=2, leaf_firms=20, learning_rate=0.01)
