"""Every code under which a row is set apart, and the arithmetic: rows read = rows used + rows quarantined."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants import ingest
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind
from littlegiants.ingest.tables.quarantine import CODES, Quarantine, Reconciliation
from littlegiants.ingest.tables.tables import Tables

GOOD = {
    "firms": "firm_id,name,founded_on\na,Ærø ApS,2001-01-01\n",
    "rounds": "firm_id,round_id,announced_on,kind,amount,currency,investor_count,state_backed_share\n"
    "a,0,2012-03-04,seed,5,USD,2,0.5\n",
    "recognitions": "firm_id,scheme,tier,awarded_on\na,s,1,2015-01-01\n",
}
ROUND = "a,{},2013-01-01,seed,5,USD,2,0.5"
# Table, a second record (and a third), and the record set apart: (row, column, value).
CASES: dict[str, tuple[str, str, list[tuple[int, str, str]]]] = {
    "ragged_row": ("rounds", "a,1,2013-01-01,seed", [(2, "", "a,1,2013-01-01,seed")]),
    "undecodable_text": ("firms", "b,Gr\udcfcn,2001-01-01", [(2, "name", "GrÃ¼n".replace("Ã", "").replace("¼", "ü"))]),
    "unterminated_quote": ("firms", 'b,Grün,"2001-01-01\nc,x', [(2, "", "b,Grün,2001-01-01\nc,x")]),
    "missing_key": ("rounds", ",1,2013-01-01,seed,5,USD,2,0.5", [(2, "firm_id", "")]),
    "numeric_id": ("rounds", "a,9.111E+17,2013-01-01,seed,5,USD,2,0.5", [(2, "round_id", "9.111E+17")]),
    "missing_date": ("rounds", "a,1,,seed,5,USD,2,0.5", [(2, "announced_on", "")]),
    "missing_value": ("rounds", "a,1,2013-01-01,,5,USD,2,0.5", [(2, "kind", "")]),
    "missing_currency": ("rounds", "a,1,2013-01-01,seed,5,,2,0.5", [(2, "amount", "5")]),
    "impossible_date": ("rounds", "a,1,2013-02-29,seed,5,USD,2,0.5", [(2, "announced_on", "2013-02-29")]),
    "not_a_number": ("rounds", 'a,1,2013-01-01,seed,"1,000",USD,2,0.5', [(2, "amount", "1,000")]),
    "not_a_count": ("rounds", "a,1,2013-01-01,seed,5,USD,2.5,0.5", [(2, "investor_count", "2.5")]),
    "negative_amount": ("rounds", "a,1,2013-01-01,seed,-5,USD,2,0.5", [(2, "amount", "-5")]),
    "amount_too_large": (
        "rounds",
        "a,1,2013-01-01,seed,1e13,USD,2,0.5\na,2,2013-01-01,seed,1.1e13,USD,2,0.5",
        [(3, "amount", "1.1e13")],
    ),
    "share_out_of_range": ("rounds", "a,1,2013-01-01,seed,5,USD,2,50", [(2, "state_backed_share", "50")]),
    "unknown_value": ("rounds", "a,1,2013-01-01,Series A,5,USD,2,0.5", [(2, "kind", "Series A")]),
    "unknown_currency": ("rounds", "a,1,2013-01-01,seed,5,RMB,2,0.5", [(2, "currency", "RMB")]),
    "no_exchange_rate": ("rounds", "a,1,1998-01-01,seed,5,EUR,2,0.5", [(2, "amount", "5")]),
    "control_character": ("firms", "b,Gr\x9bn,2001-01-01", [(2, "name", "Gr\x9bn")]),
    "text_too_long": ("firms", f"b,{'x' * 1_001},2001-01-01", [(2, "name", "x" * 200)]),
    "orphan_event": ("rounds", ROUND.format(1).replace("a", "z", 1), [(2, "firm_id", "z")]),
    "duplicate_row": ("rounds", "\n".join([ROUND.format(1)] * 2), [(3, "round_id", "1")]),
    "duplicate_conflict": (
        "rounds",
        ROUND.format(1) + "\n" + ROUND.format(1).replace("seed", "angel"),
        [(2, "round_id", "1"), (3, "round_id", "1")],
    ),
}


# Codes of what stands beside the tables, see test_rates.
BESIDE = {"impossible_rate", "no_price_index"}


def test_every_code_of_these_modules_has_a_case():
    folder = Path(ingest.__file__).parent
    paths = [path for room in ("readers", "tables") for path in (folder / room).glob("*.py")]
    source = "".join(path.read_text("utf-8") for path in paths if path.name != "quarantine.py")
    assert CASES.keys() | BESIDE == {code for code in CODES if f'"{code}"' in source}


@pytest.mark.parametrize("code", CASES)
def test_each_code_names_table_row_column_and_value(code, tmp_path):
    table, records, expected = CASES[code]
    for name, text in GOOD.items():
        data = (text + (records + "\n" if name == table else "")).encode("utf-8", "surrogateescape")
        (tmp_path / f"{name}.csv").write_bytes(data)
    tables = read_tables(tmp_path)
    found = tables.quarantine.frame().to_dict("records")
    assert found == [
        {"table": table, "row": row, "column": column, "code": code, "value": value} for row, column, value in expected
    ]
    (sums,) = (r for r in tables.reconciliations if r.table == table)
    assert sums.by_code == {code: len(expected)}
    assert sums.read == sums.used + len(expected)
    assert str(sums).endswith(f"{len(expected)} quarantined ({code} {len(expected)})")


def test_a_row_with_several_faults_has_several_records_and_counts_once(tmp_path):
    frames = {
        "firms": pd.DataFrame({"firm_id": ["a"], "founded_on": ["2001-01-01"]}),
        "rounds": pd.DataFrame([{"firm_id": "z", "round_id": "1", "announced_on": "x", "kind": "y", "amount": "-1"}]),
    }
    tables = Tables.from_frames(frames)
    assert tables.quarantine.frame()[["column", "code"]].values.tolist() == [
        ["amount", "missing_currency"],
        ["amount", "negative_amount"],
        ["announced_on", "impossible_date"],
        ["kind", "unknown_value"],
    ]
    assert str(tables.reconciliations[1]) == "rounds: 1 read = 0 used + 1 quarantined (missing_currency 1)"


def test_the_orphans_of_a_quarantined_firm_are_counted():
    tables = Tables.from_frames(
        {
            "firms": pd.DataFrame({"firm_id": ["a", "a"], "founded_on": ["2001-01-01"] * 2, "country": ["FR", "DE"]}),
            "grants": pd.DataFrame({"firm_id": ["a"], "grant_id": ["1"], "awarded_on": ["2012-01-01"]}),
        }
    )
    assert [str(sums) for sums in tables.reconciliations] == [
        "firms: 2 read = 0 used + 2 quarantined (duplicate_conflict 2)",
        "grants: 1 read = 0 used + 1 quarantined (orphan_event 1)",
    ]


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError, match="oddity"):
        Quarantine().add("rounds", [1], "amount", "oddity", ["5"])


def test_records_are_ordered_and_long_values_cut():
    quarantine = Quarantine()
    quarantine.add("rounds", [7, 2], "kind", "unknown_value", ["x" * 500, None])
    quarantine.add("firms", [9], "name", "text_too_long", [float("nan")])
    other = Quarantine()
    other.add("rounds", [2], "amount", "negative_amount", [-5])
    quarantine.extend(other)
    frame = quarantine.frame()
    assert frame[["table", "row", "column"]].values.tolist() == [
        ["firms", 9, "name"],
        ["rounds", 2, "amount"],
        ["rounds", 2, "kind"],
        ["rounds", 7, "kind"],
    ]
    assert frame["value"].tolist() == ["", "-5", "", "x" * 200]


def test_no_record_is_an_empty_frame_of_the_same_columns():
    assert Quarantine().frame().columns.tolist() == ["table", "row", "column", "code", "value"]


def test_a_sum_that_does_not_hold_is_an_error():
    with pytest.raises(TableError, match=r"^rounds: 5 rows read, but 3 used \+ 1 quarantined"):
        Reconciliation("rounds", 5, 3, 1, {})


TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
CELLS: dict[Kind, Callable[[tuple[str, ...]], st.SearchStrategy[object]]] = {
    Kind.ID: lambda _: st.sampled_from(["a", "b", "1", "2"]),
    Kind.TEXT: lambda _: TEXT,
    Kind.LIST: lambda _: st.lists(TEXT, max_size=3).map(";".join),
    Kind.CHOICE: st.sampled_from,
    Kind.CURRENCY: lambda _: st.sampled_from(["USD", "EUR", "CNY"]),
    Kind.DATE: lambda _: st.dates().map(str) | st.sampled_from(["2010-01-01", "2012-05-31", "2015-12-31"]),
    Kind.MONEY: lambda _: st.floats(0, 1e9).map(repr),
    Kind.NUMBER: lambda _: st.floats(0, 1e9).map(repr),
    Kind.COUNT: lambda choices: st.sampled_from(choices) if choices else st.integers(0, 99).map(str),
    Kind.SHARE: lambda _: st.floats(0, 1).map(repr),
}
GARBAGE = st.one_of(
    TEXT,
    st.sampled_from(
        ["", " ", "NA", "-5", "1e999", "1,5", "¥", "2019-02-29", "1900-01-01", "x" * 1_001, "a\x00b", "=1+1", "\u202e"]
    ),
    st.none(),
    st.floats().map(str),
)
TYPED = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.binary(max_size=3), st.dates(), st.decimals(allow_nan=False), GARBAGE
)


@st.composite
def dirty_table(draw, name):
    """A table whose rows are mostly good, some with a cell of garbage; sometimes a whole column of anything."""
    spec = TABLES[name]
    columns = {"firm_id": CELLS[Kind.ID](()), "known_on": CELLS[Kind.DATE](()) | st.just("")}
    columns |= {c.name: CELLS[c.kind](c.choices) for c in spec.columns}
    size = draw(st.integers(0, 5))
    frame = pd.DataFrame(
        {c: draw(st.lists(cells, min_size=size, max_size=size)) for c, cells in columns.items()}, dtype=object
    )
    for _ in range(draw(st.integers(0, 3)) if size else 0):
        frame.loc[draw(st.integers(0, size - 1)), draw(st.sampled_from(list(columns)))] = draw(GARBAGE)
    if size and draw(st.integers(0, 9)) == 0:
        frame[draw(st.sampled_from(list(columns)))] = pd.Series(
            draw(st.lists(TYPED, min_size=size, max_size=size)), dtype=object
        )
    return frame.loc[frame.index.repeat(draw(st.integers(1, 2)))]


@settings(max_examples=settings().max_examples // 2)
@given(
    st.fixed_dictionaries({"firms": dirty_table("firms")}, optional={name: dirty_table(name) for name in EVENT_TABLES})
)
def test_whatever_a_table_holds_each_row_is_used_or_quarantined(frames):
    try:
        tables = Tables.from_frames(frames)
    except TableError:  # a column that is no column of that kind at all
        return
    assert [sums.table for sums in tables.reconciliations] == [name for name in TABLES if name in frames]
    records = tables.quarantine.frame()
    for sums in tables.reconciliations:
        own = records[records["table"] == sums.table]
        used = {"firms": tables.firms, **tables.events}[sums.table]
        assert used is not None
        assert sums.read == len(frames[sums.table])
        assert sums.used == len(used)
        assert sums.quarantined == own["row"].nunique() == sum(sums.by_code.values())
        assert own["row"].between(1, sums.read).all()
    assert set(records["code"]) <= CODES.keys()
    assert Tables.from_frames(frames).digest() == tables.digest()


@settings(max_examples=settings().max_examples // 2)
@given(
    lines=st.lists(st.text(st.sampled_from('a1,2;" \r\nü2012-01-01,seed'), max_size=30), max_size=8),
    cut=st.integers(0, 3),
)
def test_whatever_bytes_a_file_holds_each_record_is_used_or_quarantined(lines, cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dirty")
    (folder / "firms.csv").write_text("firm_id,founded_on\na,2001-01-01\n", encoding="utf-8")
    text = "\n".join(["firm_id,round_id,announced_on,kind", "a,0,2012-01-01,seed", *lines])
    data = text.encode()
    (folder / "rounds.csv").write_bytes(data[: len(data) - cut])
    try:
        tables = read_tables(folder)
    except TableError:
        assert cut  # within the last character
        return
    sums = tables.reconciliations[1]
    assert sums.read == sums.used + sums.quarantined
    assert tables.quarantine.frame()["row"].between(1, sums.read).all()


def test_the_sums_of_two_parts_of_a_table_add_up():
    one = Reconciliation("rounds", 5, 3, 2, {"missing_key": 2}, ("colour",))
    other = Reconciliation("rounds", 4, 1, 3, {"missing_date": 3}, ("colour",))
    assert one + other == Reconciliation("rounds", 9, 4, 5, {"missing_date": 3, "missing_key": 2}, ("colour",))


def test_a_quarantine_is_made_of_its_records_again():
    quarantine = Quarantine()
    assert Quarantine.of(quarantine.frame()).frame().empty
    quarantine.add("rounds", [3], "amount", "negative_amount", ["-5"])
    pd.testing.assert_frame_equal(Quarantine.of(quarantine.frame()).frame(), quarantine.frame())
