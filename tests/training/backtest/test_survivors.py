"""A cohort without its dead is found out."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training.backtest.survivors import check_cohort
from tests.training.backtest.conftest import ORIGINS

AS_OF, TIMESPAN = ORIGINS[-1], LabelTimespan()


@pytest.fixture(scope="module")
def frames(universe):
    return {
        name: pd.read_csv(universe / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("firms", "rounds", "grants", "outcomes")
    }


def dead_in(frames):
    outcomes = frames["outcomes"]
    within = (outcomes["happened_on"] > "2023-12-31") & (outcomes["happened_on"] <= "2025-12-31")
    return set(outcomes.loc[within & (outcomes["kind"] == "closure"), "firm_id"])


def test_a_whole_cohort_is_fine(known, origin, found):
    check = check_cohort(known, AS_OF, TIMESPAN, False, origin.test.firm_ids)
    assert check.verdict == "fine"
    assert check.closed_measured == check.closed_at_risk > 0
    assert check.measured == check.at_risk == len(origin.test)
    assert check == found.origins[-1].cohort


def test_without_the_dead_firms_the_cohort_is_one_of_survivors(known, origin, frames):
    dead = dead_in(frames)
    alive = np.array([firm for firm in origin.test.firm_ids if firm not in dead], object)
    check = check_cohort(known, AS_OF, TIMESPAN, False, alive)
    assert check.verdict == "survivors only"
    assert check.closed_measured == 0 < check.closed_at_risk
    assert "those left out are the dead" in check.note


def test_firms_left_out_at_random_do_no_harm(known, origin):
    some = origin.test.firm_ids[np.random.default_rng(1).random(len(origin.test)) < 0.7]
    assert check_cohort(known, AS_OF, TIMESPAN, False, some).verdict == "fine"


def test_tables_that_never_held_the_dead_are_not_fine(frames):
    dead = dead_in(frames)
    alive = Tables.from_frames({name: frame[~frame["firm_id"].isin(dead)] for name, frame in frames.items()})
    check = check_cohort(alive, AS_OF, TIMESPAN, False, alive.firm_ids)
    assert check.verdict == "no closures"
    assert check.left_at_risk > 0  # acquisitions and listings are still there


def test_without_outcomes_nothing_can_be_said(frames):
    blind = Tables.from_frames({name: frame for name, frame in frames.items() if name != "outcomes"})
    assert check_cohort(blind, AS_OF, TIMESPAN, False, blind.firm_ids).verdict == "not observed"


def test_an_exit_that_was_learned_of_late_is_no_firm_at_risk():
    frames = {
        "firms": pd.DataFrame({"firm_id": ["a", "b", "c"], "founded_on": "2010-01-01"}),
        "outcomes": pd.DataFrame(
            {
                "firm_id": ["a", "b"],
                "happened_on": ["2023-06-01", "2024-06-01"],
                "kind": ["closure", "closure"],
                "known_on": ["2024-03-01", "2024-06-01"],
            }
        ),
    }
    tables = Tables.from_frames(frames)
    check = check_cohort(tables, AS_OF, TIMESPAN, False, np.array(["b", "c"], object))
    assert (check.at_risk, check.measured, check.closed_at_risk, check.closed_measured) == (2, 2, 1, 1)
