"""Firms, patents, recognitions and outcomes of the simulation."""

import numpy as np
import pytest

from littlegiants.training.simulator import registers
from littlegiants.training.simulator.economy import LAST
from littlegiants.training.simulator.names import SECTORS
from littlegiants.training.simulator.world import END, later
from tests.training.simulator.small_world import firm_rows, materialised, month_of


def table(build):
    return build(materialised(), np.random.default_rng(5))


def test_every_firm_is_registered_once_in_its_month_of_founding():
    firms = table(registers.firms)
    assert sorted(firms["firm_id"]) == firms["firm_id"].tolist() == sorted(materialised().firm_id)
    np.testing.assert_array_equal(month_of(firms["founded_on"]), materialised().firms.born[firm_rows(firms)])
    assert {len(row.split(";")) for row in firms["sectors"]} == {1, 2, 3}
    assert {sector for row in firms["sectors"] for sector in row.split(";")} == set(SECTORS)


def test_patents_are_published_eighteen_months_after_filing_and_never_after_the_end():
    patents = table(registers.patents)
    wait = patents["published_on"] - later(patents["filed_on"], 18)
    assert wait.min() >= np.timedelta64(0, "D")
    assert wait.max() < np.timedelta64(14, "D")
    assert patents["published_on"].max() <= END
    granted = ~np.isnat(patents["granted_on"])
    assert 0.3 < granted.mean() < 0.7
    assert np.all(patents["granted_on"][granted] > patents["published_on"][granted])
    assert patents["granted_on"][granted].max() <= END


def test_patents_are_filed_within_the_life_of_the_firm_and_show_its_quality():
    patents, world = table(registers.patents), materialised()
    firm, month = firm_rows(patents), month_of(patents["filed_on"])
    assert np.all((month > world.firms.born[firm]) & (month < world.history.left[firm]))
    old = world.months_alive() > 60
    rate = np.bincount(firm, minlength=len(world.firms)) / np.maximum(world.months_alive(), 1)
    assert np.corrcoef(np.sqrt(rate[old]), world.firms.quality[old])[0, 1] > 0.6


def test_recognitions_climb_and_are_renewed_every_three_years():
    titles, world = table(registers.recognitions), materialised()
    np.testing.assert_array_equal(titles["expires_on"], later(titles["awarded_on"], 36))
    assert set(titles["tier"]) == {1, 2, 3, 4}
    firm, month, tier = firm_rows(titles), month_of(titles["awarded_on"]), titles["tier"]
    climbs = dict(
        zip(
            zip(world.history.climbs.firm.tolist(), world.history.climbs.mark.tolist(), strict=True),
            world.history.climbs.month.tolist(),
            strict=True,
        )
    )
    since = month - np.array([climbs[key] for key in zip(firm.tolist(), tier.astype(int).tolist(), strict=True)])
    assert np.all(since % 36 == 0)
    assert np.sum(since == 0) == len(climbs)
    # Of those that came up for renewal once, nine in ten were renewed.
    left = world.history.left
    due = [(f, t) for (f, t), m in climbs.items() if m + 36 < min(left[f], LAST + 1, climbs.get((f, t + 1), LAST + 1))]
    assert np.sum(since == 36) / len(due) == pytest.approx(0.9, abs=0.05)


def test_a_firm_leaves_once_in_the_month_of_the_history():
    outcomes, world = table(registers.outcomes), materialised()
    firm = firm_rows(outcomes)
    assert len(np.unique(firm)) == len(firm)
    np.testing.assert_array_equal(month_of(outcomes["happened_on"]), world.history.left[firm])
    assert set(outcomes["kind"]) == {"ipo", "acquisition", "closure"}
    priced = ~np.isnan(outcomes["amount"])
    assert priced[outcomes["kind"] == "ipo"].all()
    assert not priced[outcomes["kind"] == "closure"].any()
    assert 0.35 < priced[outcomes["kind"] == "acquisition"].mean() < 0.65
    assert np.all((outcomes["currency"] != "") == priced)
