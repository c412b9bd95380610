"""A small economy in which an honest model clearly beats the baselines, its champion, and how to forge challengers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import lightgbm as lgb
import numpy as np

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.artefact.recorded_scores import recorded_rows
from littlegiants.models.manifest import Manifest
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, from_text, log_odds, to_text
from littlegiants.models.scoring.interval import Spread
from littlegiants.models.scoring.model import Head, Model
from littlegiants.training.config import TrainConfig
from littlegiants.training.panel import Panel
from littlegiants.training.pipeline import Trained
from littlegiants.training.promotion.candidate import Candidate
from littlegiants.training.promotion.gate import Gate
from littlegiants.training.promotion.policy import Policy

FIRMS = 6_000
# Enough resamples to tell these models apart; a decision in earnest takes 200.
POLICY = Policy(resamples=40)
BOOSTER = {"trees": 60, "leaf_firms": 30, "learning_rate": 0.1, "leaves": 8}


def config(**changes) -> TrainConfig:
    """Settings of a model that is trained in seconds."""
    plain = {"booster": BOOSTER, "dates": {"fit_dates": 2}, "min_subsidised": 50, "bootstrap": 20, **changes}
    return TrainConfig.model_validate(plain)


@dataclass
class World:
    """The economy's tables, the champion, and the gate that stands before it."""

    tables: Tables
    trained: Trained
    folder: Path
    gate: Gate = field(init=False)
    made: int = 0

    def __post_init__(self):
        self.model = write_artefact(self.trained.model, self.folder / "champion")
        self.champion = Candidate(self.folder / "champion", version=1)
        self.gate = Gate.open(self.tables, config(), self.champion, policy=POLICY)

    @property
    def window(self) -> Panel:
        """The gate's window with its outcomes: the champion's own test date."""
        assert self.trained.test is not None
        return self.trained.test

    def recorded_anew(self, model: Model) -> Model:
        """A model with recorded scores of its own, as training would have recorded them, not yet written."""
        recorded_scores = recorded_rows(model, self.trained.fitting.values)
        unwritten = model.manifest.model_copy(update={"files": {}, "digest": "", "recorded_scores": recorded_scores})
        return replace(model, manifest=unwritten)

    def write(self, model: Model, recorded: bool = True, **manifest) -> Candidate:
        """Write a model as a challenger; its recorded scores are recorded anew unless that is what is wrong with it."""
        model = self.recorded_anew(model) if recorded else model
        changed: Manifest = model.manifest.model_copy(update={"files": {}, "digest": "", **manifest})
        self.made += 1
        written = write_artefact(replace(model, manifest=changed), self.folder / f"challenger-{self.made}")
        return Candidate(self.folder / f"challenger-{self.made}", version=2, digest=written.manifest.digest)

    def fit(self, rows: Panel | None = None, labels=None, seed: int = 7, values=None, **settings) -> Model:
        """A model like the champion but for what its booster was fitted on, anchored to the labels it was given."""
        rows = self.trained.fitting if rows is None else rows
        labels = rows.market if labels is None else labels
        values = rows.values if values is None else values
        booster = fit_booster(
            values,
            labels,
            rows.weights(24.0),
            FEATURES,
            [name for name in CATEGORICAL if self.model.manifest.categories[name]],
            BoosterConfig.model_validate({**BOOSTER, **settings}),
            seed,
        )
        newest = rows.as_of == rows.as_of.max()
        calibration = self.model.market.calibration.anchored(
            log_odds(booster, values[newest]), float(labels[newest].mean())
        )
        return replace(self.model, market=Head(booster, calibration))

    def calibrated(self, **changes) -> Model:
        """The champion with another calibration."""
        head = self.model.market
        return replace(self.model, market=Head(head.booster, replace(head.calibration, **changes)))

    def leaves(self, change: Callable[[int, int, float], float]) -> Model:
        """The champion with other leaf values; ``change`` is given tree, leaf and value."""
        return replace(
            self.model, market=Head(with_leaves(self.model.market.booster, change), self.model.market.calibration)
        )

    def spread(self, log_variance: float, drift: float) -> Model:
        """The champion with intervals that are as wide for every firm."""
        bias = with_leaves(self.model.spread.bias, lambda *_: 0.0)
        share = log_variance / self.model.spread.variance.num_trees()
        variance = with_leaves(self.model.spread.variance, lambda *_: share)
        return replace(self.model, spread=Spread(bias, variance, drift))

    def logit_mean(self) -> float:
        """Mean of the champion's log-odds on the window."""
        return float(np.mean(log_odds(self.model.market.booster, self.window.values)))


def with_leaves(booster: lgb.Booster, change: Callable[[int, int, float], float]) -> lgb.Booster:
    """A booster with other leaf values."""
    changed = from_text(to_text(booster))
    for tree, dumped in enumerate(changed.dump_model()["tree_info"]):
        for leaf in range(dumped["num_leaves"]):
            changed.set_leaf_output(tree, leaf, change(tree, leaf, changed.get_leaf_output(tree, leaf)))
    return from_text(to_text(changed))
