"""Refits of a real model, and the mark they leave in its manifest."""

from dataclasses import replace

import numpy as np

from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.scoring.booster import contributions
from littlegiants.training.backtest.origin import matrix_of, run_origin
from littlegiants.training.backtest.refits import mark_reasons, mark_unstable, stability
from tests.small_model import small_config
from tests.training.backtest.conftest import CONFIG, END, ORIGINS


def test_other_seeds_and_the_origin_before(found):
    steady = found.stability
    assert [(fit.kind, fit.name) for fit in steady.fits] == [
        ("reseeded", "8"),
        ("reseeded", "9"),
        ("shifted", "2021-12-31"),
    ]
    assert steady.firms == 200
    assert all(0.3 < fit.rank_correlation <= 1 and 0 < fit.overlap < 1 for fit in steady.fits)
    assert sum(reason.shown for reason in steady.reasons) == 3 * 200
    assert set(steady.unstable) == {reason.name for reason in steady.reasons if reason.unstable}


def test_the_model_of_the_origin_before_sees_the_firms_as_its_own_population_has_them(known, origin):
    before = run_origin(known, CONFIG, ORIGINS[0], END, frozenset(), None, lambda _: None)
    values = matrix_of(known, origin.as_of, before.model.population, origin.test).values
    assert not np.array_equal(values, origin.test.values, equal_nan=True)
    mine, theirs = (
        np.argsort(-np.abs(contributions(model.market.booster, rows)), axis=1, kind="stable")[:, :3]
        for model, rows in ((origin.model, origin.test.values), (before.model, values))
    )
    expected = np.mean([len(set(a) & set(b)) / 3 for a, b in zip(mine.tolist(), theirs.tolist(), strict=True)])
    shifted = stability(known, [before, origin], 2, len(origin.test)).fits[-1]
    assert abs(shifted.overlap - expected) < 1e-12


def test_without_an_earlier_origin_nothing_is_shifted(known, origin):
    steady = stability(known, [origin], 2, 60)
    assert {fit.kind for fit in steady.fits} == {"reseeded"}
    assert all(reason.shifted is None for reason in steady.reasons)
    assert steady == stability(known, [origin], 2, 60)


def test_the_mark_survives_writing_and_reading(found, origin, tmp_path):
    steady = found.stability.model_copy(update={"unstable": ("age_years",)})
    marked = mark_unstable(origin.model, steady)
    assert marked.version != origin.model.version
    write_artefact(marked, tmp_path / "model")
    assert read_artefact(tmp_path / "model").manifest.unstable_reasons == ("age_years",)
    assert origin.model.manifest.unstable_reasons == ()


def test_a_training_names_what_its_reseeded_fits_do_not_confirm(trained):
    config = small_config()
    marked = mark_reasons(trained, config)
    assert marked.model.manifest.unstable_reasons
    assert marked.model.market is trained.model.market
    assert mark_reasons(trained, config).model.manifest == marked.model.manifest
    # A signal that no tree splits on has nothing to say, so it cannot be unstable.
    assert all(trained.model.manifest.gain[name] > 0 for name in marked.model.manifest.unstable_reasons)


def test_without_more_fits_nothing_is_marked(trained):
    assert mark_reasons(trained, small_config(stability_fits=0)) is trained


def test_without_a_holdout_the_newest_firms_are_explained(trained):
    blind = replace(trained, test=None, probabilities=None)
    assert mark_reasons(blind, small_config(), 100).model.manifest.unstable_reasons is not None
