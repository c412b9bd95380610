import json
import random

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.ingest.records.fast_path import build
from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.records.validation import loaded, violations
from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.ragged import Ragged
from tests.conftest import examples
from tests.features import worlds
from tests.features.as_records import alone, firm

pytestmark = pytest.mark.slow

MONEY = Money()
# The loader that judges takes a tenth of a second a firm.
FEW = settings(max_examples=examples(10, 25))


def records(*firms: dict) -> list:
    return msgspec.json.decode(json.dumps(firms).encode(), type=list[FirmRecord])


def assert_same(made, expected):
    """Every array of two sets of tables is the same: values, types, words and order."""
    pairs = {"firms": (made.firms, expected.firms)} | {n: (made.events[n], expected.events[n]) for n in EVENT_TABLES}
    for name, (one, other) in pairs.items():
        assert (one is None) == (other is None), name
        if one is None:
            continue
        for part in ("firm", "day", "known", "superseded"):
            assert_equal(getattr(one, part), getattr(other, part), f"{name}.{part}")
        assert one.columns.keys() == other.columns.keys()
        for column, values in one.columns.items():
            assert_equal(values, other.columns[column], f"{name}.{column}")
        assert {k: v.tolist() for k, v in one.vocabularies.items()} == {
            k: v.tolist() for k, v in other.vocabularies.items()
        }


def assert_equal(one, other, where):
    if isinstance(one, Ragged):
        for part in ("bounds", "codes", "vocabulary"):
            assert_equal(getattr(one, part), getattr(other, part), f"{where}.{part}")
        return
    assert one.dtype == other.dtype, where
    np.testing.assert_array_equal(one, other, where)


@pytest.mark.parametrize("seed", range(examples(5, 12)))
def test_rows_are_those_of_the_loader(seed):
    world = worlds.world(random.Random(seed))  # noqa: S311 - no secret
    for firm_id in worlds.FIRMS:
        (record,) = records(firm(world, firm_id))
        expected = alone(world, firm_id)
        built = build([record], MONEY)
        if len(expected.quarantine.frame()):
            assert built.unusual == [0]
            again = loaded([record], None).quarantine.frame()
            keys = ["table", "row", "column", "code"]
            assert again[keys].values.tolist() == expected.quarantine.frame()[keys].values.tolist()
        elif built.fast:
            assert_same(built.tables, expected)
        else:
            assert_same(loaded([record], None), expected)


@pytest.mark.parametrize("seed", range(examples(5, 12)))
def test_firms_loaded_together_have_the_faults_and_rows_that_each_has_alone(seed):
    world = worlds.world(random.Random(seed))  # noqa: S311 - no secret
    some = records(*(firm(world, firm_id) for firm_id in reversed(worlds.FIRMS)))
    together = loaded(some, None)
    for record, found in zip(some, violations(some, together), strict=True):
        expected = loaded([record], None)
        assert [msgspec.to_builtins(each) for each in found] == expected.quarantine.frame().to_dict("records")
        own = together.take(np.array([record.firm_id], object))
        for name, rows in {"firms": own.firms, **own.events}.items():
            one = expected.firms if name == "firms" else expected.events[name]
            assert (rows is None) == (one is None)
            if rows is not None and one is not None:
                digests: tuple[list[bytes], list[bytes]] = ([], [])
                rows.digest(digests[0].append)
                one.digest(digests[1].append)
                assert digests[0] == digests[1], name


def test_most_sound_firms_do_not_need_the_loader(universe):
    from tests.models.scoring.test_record_scorer import firms_as_json

    firms = firms_as_json(universe)
    built = build(records(*firms), MONEY)
    assert built.unusual == []


HOSTILE = st.sampled_from(
    ["", " a", "a\u00a0", "a\x07", "\u200b", "a" * 1_000, "a" * 1_001, "é", "深;圳", "2020-02-30", "NaN", "RMB", "\ta"]
)


@FEW
@given(st.sampled_from(["name", "country", "region", "founded_on", "known_on", "website"]), HOSTILE)
def test_an_unusual_text_of_a_firm_is_judged_as_by_the_loader(column, text):
    own = {"firm_id": "a", column: text}
    (record,) = records(own)
    expected = alone({"firms": [own]}, "a")
    sound = bool(build([record], MONEY).fast)
    faults = expected.quarantine.frame()
    assert not (sound and len(faults))
    assert loaded([record], None).quarantine.frame()["code"].tolist() == faults["code"].tolist()
    if sound:
        assert_same(build([record], MONEY).tables, expected)


@FEW
@given(
    st.sampled_from(["amount", "post_money", "investor_count", "state_backed_share"]),
    st.sampled_from(["-1", "-0.0", "1.5", "0.005", "1e13", "1e14", "1e300", "0.1", "7"]),
    st.sampled_from(["", "USD", "EUR", "JPY", "usd", "XXX"]),
    st.sampled_from(["1950-01-01", "2016-02-29", "2099-12-31", "1900-01-01", "2020-13-01", "2020-1-1"]),
)
def test_an_unusual_amount_currency_or_day_is_judged_as_by_the_loader(column, number, currency, day):
    row = {"firm_id": "a", "round_id": "1", "announced_on": day, "kind": "seed", column: number, "currency": currency}
    world = {"firms": [{"firm_id": "a"}], "rounds": [row]}
    (record,) = records(firm(world, "a"))
    expected = alone(world, "a")
    built = build([record], MONEY)
    assert bool(built.unusual) == bool(len(expected.quarantine.frame()))
    if built.fast:
        assert_same(built.tables, expected)


def test_a_firm_that_is_odd_leaves_the_others_as_they_are():
    sound = {"firm_id": "b", "name": "B", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01"}]}
    odd = {"firm_id": "a", "name": "A\x07", "grants": []}
    built = build(records(odd, sound, {**sound, "name": "other"}), MONEY)
    assert (built.fast, built.unusual) == ([1, 2], [0])
    assert built.tables.firm_ids.tolist() == ["b", "b"]
    assert_same(build(records(sound, {**sound, "name": "other"}), MONEY).tables, built.tables)


def test_rows_said_twice_are_left_to_the_loader_which_names_them():
    row = {"grant_id": "1", "awarded_on": "2020-01-01", "amount": 5, "currency": "USD"}
    (record,) = records({"firm_id": "a", "grants": [row, {**row, "amount": 6}]})
    assert build([record], MONEY).unusual == [0]
    faults = loaded([record], None).quarantine.frame()
    assert faults[["table", "row", "code"]].values.tolist() == [
        ["grants", 1, "duplicate_conflict"],
        ["grants", 2, "duplicate_conflict"],
    ]
