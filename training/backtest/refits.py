"""The fits that a model's attributions are compared with: other seeds, and the model of the origin before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import lightgbm as lgb
import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.booster import contributions
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.reasons import points
from littlegiants.training.backtest.origin import Origin, matrix_of
from littlegiants.training.backtest.stability import Explained, Stability, compare_points
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import Trained

EXPLAINED = 1_000


def stability(tables: Tables, origins: Sequence[Origin], refits: int, firms: int) -> Stability:
    """Compare the newest origin's attributions with those of other fits.

    Parameters
    ----------
    tables
        All rows known by the end of the data.
    origins
        Ascending; the last is explained, the one before it is the shifted fit.
    refits
        Number of reseeded fits.
    firms
        Firms to explain at most, drawn at random.
    """
    newest = origins[-1]
    random = np.random.default_rng(newest.config.seed)
    rows = np.sort(random.choice(len(newest.test), min(firms, len(newest.test)), replace=False))
    values = newest.test.values[rows]
    own = _points(newest.model, newest.model.market.booster, values)
    others = list(_reseeded(newest, newest.config, values, refits))
    if len(origins) > 1:
        before = origins[-2]
        then = matrix_of(tables, newest.as_of, before.model.population, newest.test).values[rows]
        shifted = _points(before.model, before.model.market.booster, then)
        others.append(Explained("shifted", before.as_of.isoformat(), shifted))
    return compare_points(newest.as_of, own, others)


def mark_unstable(model: Model, found: Stability) -> Model:
    """Return a model whose manifest names the reasons that other fits do not confirm; write it to give it a version."""
    update = {"unstable_reasons": found.unstable, "files": {}, "digest": ""}
    return replace(model, manifest=model.manifest.model_copy(update=update))


def mark_reasons(trained: Trained, config: TrainConfig, firms: int = EXPLAINED) -> Trained:
    """Return a training whose model names the reasons that reseeded fits (`stability_fits` of them) do not confirm.

    Parameters
    ----------
    trained
        Its firms of the test date are explained, or without a holdout those of the newest date it was fitted on.
    config
        The settings it was trained with; with no fits nothing is tried and nothing marked.
    firms
        Firms to explain at most, drawn at random.
    """
    if not config.stability_fits:
        return trained
    model, fitting = trained.model, trained.fitting
    newest = trained.test or fitting.rows(fitting.as_of == len(fitting.dates) - 1)
    random = np.random.default_rng(config.seed)
    values = newest.values[np.sort(random.choice(len(newest), min(firms, len(newest)), replace=False))]
    others = list(_reseeded(trained, config, values, config.stability_fits))
    found = compare_points(newest.dates[-1], _points(model, model.market.booster, values), others)
    return replace(trained, model=mark_unstable(model, found))


def _reseeded(fitted: Trained | Origin, config: TrainConfig, values: Floats, refits: int) -> Iterator[Explained]:
    model = fitted.model
    for seed in range(config.seed + 1, config.seed + 1 + refits):
        booster = fitted.training_set.fit(model.population, config, seed)
        yield Explained("reseeded", str(seed), _points(model, booster, values))


def _points(model: Model, booster: lgb.Booster, values: Floats) -> Floats:
    return points(contributions(booster, values), model.market.calibration.slope)
