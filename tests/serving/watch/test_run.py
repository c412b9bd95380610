"""Seeded drifts raise an alarm and name what moved; the plain cohort of the test date raises none."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from scipy import stats

from littlegiants.ingest.errors import AsOfError, ConfigError, DriftError, NoReferenceError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.watch.run import refuse_alarms, watch

AS_OF = date(2023, 12, 31)  # the test date of the small model, which nothing was learned from


@pytest.fixture(scope="module")
def frames(universe):
    """The universe's tables as text."""
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(universe.glob("*.csv"))}


def alarms(model, frames, **changed):
    return watch(model, Tables.from_frames({**frames, **changed}), AS_OF).alarms


def test_the_plain_cohort_raises_no_alarm_at_any_size(model, tables):
    whole = watch(model, tables, AS_OF)
    assert (whole.alarms, whole.unseen) == ((), {"country": {}, "sector": {}})
    assert (whole.reference_as_of, whole.reference_firms) == (model.cohort.as_of, model.cohort.firms)
    assert [check.name for check in whole.checks if check.kind == "feature"] == list(model.columns)
    some = [watch(model, tables.take(tables.firm_ids[first::12]), AS_OF) for first in range(12)]
    assert all(40 < found.firms < 70 for found in some)
    # No more than a rate of 5 % gives by chance, once in a thousand, though firms have grown older since the reference.
    assert sum(bool(found.alarms) for found in some) <= stats.binom.ppf(0.999, 12, 0.05)


def test_t12_amounts_in_another_currency_are_noticed(model, frames):
    raised = frames["rounds"]["amount"]
    times_seven = raised.where(raised == "", (pd.to_numeric(raised) * 7).astype(str))
    found = alarms(model, frames, rounds=frames["rounds"].assign(amount=times_seven))
    assert "feature raised_usd" in found
    assert not any("grant" in name and "raised" not in name for name in found)


def test_a_source_that_stops_is_noticed(model, frames):
    grants = frames["grants"]
    found = alarms(model, frames, grants=grants[grants["awarded_on"] < "2022-06-30"])
    assert "table grants" in found
    assert "feature months_since_last_grant" in found


def test_older_firms_are_noticed(model, frames):
    days = pd.to_datetime(frames["firms"]["founded_on"]) - timedelta(days=6 * 365)
    found = alarms(model, frames, firms=frames["firms"].assign(founded_on=days.dt.strftime("%Y-%m-%d")))
    assert "feature age_years" in found


def test_a_sector_that_no_training_saw_is_noticed_and_named(model, frames):
    firms = frames["firms"].copy()
    firms.loc[firms.index % 8 == 0, "sectors"] = "alchemy"
    found = watch(model, Tables.from_frames({**frames, "firms": firms}), AS_OF)
    assert "withheld unseen_sector" in found.alarms
    assert list(found.unseen["sector"]) == ["alchemy"]
    assert 60 < found.unseen["sector"]["alchemy"] < 100


def test_a_table_that_is_gone_is_noticed(model, frames):
    without = {name: frame for name, frame in frames.items() if name != "patents"}
    assert "withheld table_missing" in alarms(model, without)


def test_an_expired_model_is_an_alarm_of_its_own(model, tables):
    expired = watch(model, tables, date(2029, 12, 31))
    assert expired.alarms[0] == "model expired"
    with pytest.raises(
        DriftError, match="the firms as of 2029-12-31 are not like those of the training: model expired"
    ):
        refuse_alarms(expired)
    refuse_alarms(watch(model, tables, AS_OF))


def test_what_cannot_be_compared_is_refused(model, tables):
    with pytest.raises(NoReferenceError, match="has no reference cohort to compare with: train again"):
        watch(replace(model, cohort=None), tables, AS_OF)
    with pytest.raises(ConfigError, match="no firm is at risk on 1981-01-01"):
        watch(model, tables, date(1981, 1, 1))
    with pytest.raises(AsOfError, match="out of range"):
        watch(model, tables, date(1900, 1, 1))
    money = replace(model.manifest.money, constant_prices=2015)
    manifest = model.manifest.model_copy(update={"money": money})
    with pytest.raises(ConfigError, match="the tables' money is made with"):
        watch(replace(model, manifest=manifest), tables, AS_OF)
