"""More firms without a probability than in the training, and the values that it never saw."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.abstain import REASONS
from littlegiants.serving.watch.withheld import unseen_values, withheld_checks
from tests.features.hand_tables import frame


def test_each_reason_is_compared_with_the_share_of_the_training(model):
    reference = model.cohort.model_copy(update={"firms": 500, "withheld": {"nothing_known": 50}})
    counts = {"nothing_known": 10, "unseen_sector": 20}
    found = {check.name: check for check in withheld_checks(reference, counts, 100)}
    assert set(found) == set(REASONS)
    nothing, sector = found["nothing_known"], found["unseen_sector"]
    assert (nothing.before, nothing.now, nothing.moved) == (0.1, 0.1, 0)
    assert nothing.p_value > 0.5
    assert (sector.before, sector.now, sector.moved) == (0, 0.2, 0.2)
    # All 20 of 20 such firms are among the 100 of 600.
    assert sector.p_value == pytest.approx(stats.hypergeom.sf(19, 600, 20, 100))


def test_fewer_firms_without_a_probability_are_no_matter(model):
    reference = model.cohort.model_copy(update={"firms": 500, "withheld": {"nothing_known": 400}})
    (check,) = [c for c in withheld_checks(reference, {}, 100) if c.name == "nothing_known"]
    assert check.p_value == 1
    assert check.moved == -0.8


def test_unseen_values_are_counted_in_the_cohort_only(model):
    known = next(iter(model.population.seen["sector"]))
    firms = frame("firm_id country known_on\na AQ 2020-01-01\nb - 2020-01-01\nc AQ 2020-01-01")
    tables = Tables.from_frames({"firms": firms.assign(sectors=[f"alchemy;{known}", "", "alchemy"])})
    snapshot = Snapshot(tables, date(2023, 12, 31), model.population)
    assert unseen_values(snapshot, np.array([0, 1, 2])) == {"country": {"AQ": 2}, "sector": {"alchemy": 2}}
    assert unseen_values(snapshot, np.array([1])) == {"country": {}, "sector": {}}


def test_a_population_that_saw_no_value_separates_nothing():
    tables = Tables.from_frames({"firms": frame("firm_id country known_on\na AQ 2020-01-01")})
    assert unseen_values(Snapshot(tables, date(2023, 12, 31)), np.array([0])) == {"country": {}, "sector": {}}
