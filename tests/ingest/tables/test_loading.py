"""One table from text to typed rows."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import TABLES, Kind
from littlegiants.ingest.tables.encoding import to_rows
from littlegiants.ingest.tables.loading import Loader
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.tables import Tables

FIRMS = np.array(["a", "b"], object)


def rounds(*records, **columns):
    frame = pd.DataFrame(records, columns=["firm_id", "round_id", "announced_on", "kind"]).assign(**columns)
    loader = Loader()
    return to_rows(loader.load("rounds", RawTable.from_frame(frame), FIRMS)), loader


def test_rows_are_sorted_by_firm_day_and_key_and_typed():
    rows, loader = rounds(
        ("b", "1", "2012-01-01", "seed"),
        ("a", "9", "2013-01-01", "venture"),
        ("a", "7", "2012-01-01", "angel"),
        ("a", "5", "2012-01-01", "debt"),
        amount=["1.5", "", "2", "3"],
        currency=["EUR", "", "USD", "USD"],
    )
    assert rows.firm.tolist() == [0, 0, 0, 1]
    assert np.array(rows.day).astype("datetime64[D]").astype(str).tolist() == ["2012-01-01"] * 2 + [
        "2013-01-01",
        "2012-01-01",
    ]
    assert rows.columns["kind"].tolist() == [10, 0, 2, 1]
    # 1.5 euro at 1.3931 dollars, the average of 2011
    assert rows.columns["amount"].tolist() == pytest.approx([300, 200, np.nan, 209], nan_ok=True)
    assert {name: array.dtype for name, array in vars_of(rows).items()} == {
        "firm": np.int32,
        "day": np.int32,
        "known": np.int32,
        "superseded": np.int32,
    }
    assert str(loader.reconciliations[0]) == "rounds: 4 read = 4 used + 0 quarantined"


def vars_of(rows):
    return {name: getattr(rows, name) for name in ("firm", "day", "known", "superseded")}


@pytest.mark.parametrize("name", TABLES)
def test_loaded_columns_are_those_of_the_contract_and_nothing_else(name):
    spec = TABLES[name]
    columns = {"firm_id": ["a"], **{c.name: [""] for c in spec.columns}, "status": ["acquired"], "outcome_label": ["1"]}
    for column in spec.columns:
        if column.required:
            columns[column.name] = ["2012-01-01" if column.kind is Kind.DATE else (*column.choices, "x")[0]]
    loader = Loader()
    rows = to_rows(loader.load(name, RawTable.from_frame(pd.DataFrame(columns)), None if name == "firms" else FIRMS))
    assert len(rows) == 1
    assert list(rows.columns) == [c.name for c in spec.columns if c.kind not in (Kind.ID, Kind.CURRENCY)]
    assert {n for n, v in rows.columns.items() if isinstance(v, Ragged)} == {
        c.name for c in spec.columns if c.kind is Kind.LIST
    }
    assert set(rows.vocabularies) == {c.name for c in spec.columns if c.kind is Kind.TEXT}
    assert loader.reconciliations[0].ignored_columns == ("outcome_label", "status")


def test_an_optional_column_may_be_absent():
    rows, loader = rounds(("a", "1", "2012-01-01", "seed"))
    assert np.isnan(rows.columns["amount"]).all()
    assert loader.quarantine.frame().empty


@pytest.mark.parametrize("column", ["firm_id", "round_id", "announced_on", "kind"])
def test_a_required_column_must_be_there(column):
    frame = pd.DataFrame({"firm_id": ["a"], "round_id": ["1"], "announced_on": ["2012-01-01"], "kind": ["seed"]})
    with pytest.raises(TableError, match=f"^rounds: column '{column}' is missing; the table has "):
        Loader().load("rounds", RawTable.from_frame(frame.drop(columns=column)), FIRMS)


def test_columns_may_stand_twice_only_if_they_are_not_used():
    frame = pd.DataFrame([["a", "1", "2", "2001-01-01"]], columns=["firm_id", "x", "x", "founded_on"])
    assert Tables.from_frames({"firms": frame}).reconciliations[0].ignored_columns == ("x", "x")
    with pytest.raises(TableError, match="firms: column 'firm_id' stands 3 times; keep one of them"):
        Tables.from_frames({"firms": frame.rename(columns={"x": "firm_id"})})


def test_columns_without_names_are_ignored_too():
    frame = pd.DataFrame([["a", 1, 2]], columns=["firm_id", 5, ("a", 1)])
    assert Tables.from_frames({"firms": frame}).reconciliations[0].ignored_columns == ("('a', 1)", "5")


def test_copies_that_differ_in_spelling_only_are_copies():
    rows, loader = rounds(
        ("a", "1", "2012-01-01", "seed"),
        (" a", "1 ", "2012-01-01", "seed"),
        amount=["100", "1e2"],
        currency="USD",
    )
    assert len(rows) == 1
    assert loader.reconciliations[0].by_code == {"duplicate_row": 1}


def test_a_correction_holds_from_its_own_day_whatever_the_order():
    records = [("a", "1", "2012-01-01", "seed"), ("a", "1", "2012-01-01", "seed"), ("a", "1", "2012-05-05", "angel")]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        rows, loader = rounds(
            *[records[place] for place in order],
            known_on=[["", "2013-01-01", "2014-01-01"][place] for place in order],
            investor_count=[[1, 2, 3][place] for place in order],
        )
        assert loader.quarantine.frame().empty
        days = [np.array(d).astype("datetime64[D]").astype(str).tolist() for d in (rows.known, rows.superseded)]
        assert days[0] == ["2012-01-01", "2013-01-01", "2014-01-01"]
        assert days[1][:2] == days[0][1:]
        assert rows.columns["investor_count"].tolist() == [1, 2, 3]


def test_citations_count_only_where_the_row_states_its_day():
    frame = pd.DataFrame({"firm_id": "a", "patent_id": ["1", "2"], "filed_on": "2012-01-01", "citations": [7, 8]})
    frame["known_on"] = ["", "2020-01-01"]
    rows = to_rows(Loader().load("patents", RawTable.from_frame(frame), FIRMS))
    assert np.asarray(rows.columns["citations"]).tolist() == pytest.approx([np.nan, 8], nan_ok=True)


def test_citations_of_no_day_contradict_nothing():
    # Counted anew at each export: were they compared, a later count would cost the patent itself.
    frame = pd.DataFrame({"firm_id": "a", "patent_id": "1", "filed_on": "2012-01-01", "citations": [7, 8]})
    loader = Loader()
    rows = to_rows(loader.load("patents", RawTable.from_frame(frame), np.array(["a"], object)))
    assert len(rows) == 1
    assert loader.quarantine.frame()["code"].tolist() == ["duplicate_row"]


def test_codes_of_text_ascend_by_alphabet():
    frame = pd.DataFrame({"firm_id": ["a", "b", "c"], "country": ["NO", "", "FR"]})
    rows = to_rows(Loader().load("firms", RawTable.from_frame(frame)))
    assert rows.vocabularies["country"].tolist() == ["FR", "NO"]
    assert np.asarray(rows.columns["country"]).tolist() == [1, -1, 0]


@pytest.mark.parametrize("firm_ids", [np.array([], object), np.array(["b"], object), np.array(["a"], object)])
def test_an_event_of_no_firm_is_an_orphan(firm_ids):
    frame = pd.DataFrame({"firm_id": ["a", "b", "c"], "grant_id": ["1", "2", "3"], "awarded_on": "2012-01-01"})
    loader = Loader()
    used = loader.load("grants", RawTable.from_frame(frame), firm_ids).frame["firm_id"].tolist()
    assert used == firm_ids.tolist()
    assert loader.quarantine.frame()["value"].tolist() == sorted({"a", "b", "c"} - set(firm_ids))


def test_the_frame_that_was_given_is_not_changed():
    frame = pd.DataFrame({"firm_id": ["b", "a"], "founded_on": ["2001-01-01", "x"]}, index=[7, 7])
    before = frame.copy(deep=True)
    Tables.from_frames({"firms": frame})
    pd.testing.assert_frame_equal(frame, before)


def test_a_loss_is_kept_with_its_sign_and_a_negative_amount_elsewhere_is_not():
    frame = pd.DataFrame(
        {
            "firm_id": ["a", "a", "b", "b"],
            "period_end": ["2012-12-31", "2013-12-31", "2012-12-31", "2013-12-31"],
            "net_profit": ["-1500.25", "2", "-1e14", "-1"],
            "operating_cash_flow": ["-0.01", "-0", "", ""],
            "cash": ["0", "7", "", "-5"],
            "currency": "EUR",
        }
    )
    loader = Loader()
    rows = to_rows(loader.load("financials", RawTable.from_frame(frame), FIRMS))
    # One euro is 1.3931 dollars, the average of 2011, and 1.2859, that of 2012: 150,025 cents make 208,999.8.
    assert np.asarray(rows.columns["net_profit"]).tolist() == [-209_000, 257]
    assert np.asarray(rows.columns["operating_cash_flow"]).tolist() == [-1, 0]
    assert np.asarray(rows.columns["cash"]).tolist() == [0, 900]
    quarantine = loader.quarantine.frame()[["row", "column", "code"]].to_numpy().tolist()
    assert quarantine == [[3, "net_profit", "amount_too_large"], [4, "cash", "negative_amount"]]
