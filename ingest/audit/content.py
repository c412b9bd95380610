"""Checks of content: exits, empty columns, lost units of money, one firm under several ids."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.audit.findings import Finding, Severity, judged, stated
from littlegiants.ingest.audit.tables import AuditTable, AuditTables, day_of, years_of
from littlegiants.ingest.entities.names import is_generic, match_key
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, Column, Kind
from littlegiants.ingest.tables.days import NO_DAY

# A median of fewer amounts depends on single firms, not on the unit; and of two amounts either may be the wrong one.
MIN_AMOUNTS, MIN_OWN = 10, 3
STEP, OUTLIER = 1_000, 10_000
_EXAMPLES = 3
_PLACEHOLDERS = (Kind.DATE, Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE)


def check_exits(tables: AuditTables) -> Iterator[Finding]:
    """Give how many exits have no date, and whether anybody left or closed at all: a cohort of survivors has nobody."""
    outcomes = tables.tables.get("outcomes")
    firms = tables.tables["firms"].last["firm_id"].nunique()
    dated = 0 if outcomes is None else len(outcomes.last)
    undated = len(tables.undated) + tables.undated_rows
    yield from judged("undated_exits", "outcomes", undated, undated + dated)
    left, closed = _leavers(outcomes), _leavers(outcomes, "closure")
    gone = len(left | set(tables.undated))
    yield from stated("no_exits", Severity.FINE if gone else Severity.SERIOUS, "outcomes", gone, firms)
    dead = sum(kind == "closure" for kind in tables.undated.values())
    severity = Severity.FINE if closed else Severity.CAUTION if dead else Severity.SERIOUS
    detail = f"{dead:,} more closed on an unknown day" if dead else ""
    yield from stated("no_closures", severity, "outcomes", len(closed), firms, "kind", detail)


def check_columns(tables: AuditTables) -> Iterator[Finding]:
    """Give the columns that are absent or empty, and those that hold one value only."""
    for table in tables.tables.values():
        rows = len(table.last)
        for column in table.spec.columns:
            values = filled(table.last, column)
            if column.required or rows < MIN_AMOUNTS:
                continue
            if not len(values):
                yield from stated("never_filled", Severity.NOTE, table.name, rows, rows, column.name)
            elif len(values) >= MIN_AMOUNTS and len(values.unique()) == 1:
                severity = Severity.CAUTION if column.kind in _PLACEHOLDERS else Severity.NOTE
                shown = written(values.iloc[0], column)
                yield from stated("constant_column", severity, table.name, len(values), rows, column.name, shown)


def check_units(tables: AuditTables) -> Iterator[Finding]:
    """Give the steps of each currency's yearly medians, the currencies far from all others, and single outliers."""
    for table in tables.events():
        for column in (column.name for column in table.spec.columns if column.kind is Kind.MONEY):
            if f"{column}_usd" in table.last:
                amounts = _amounts(table, column)
                yield from _jumps(table.name, column, amounts)
                yield from _outliers(table.name, column, amounts)
                yield from _strangers(table.name, column, amounts)
                yield from _currencies(table.name, column, amounts)


def check_names(tables: AuditTables) -> Iterator[Finding]:
    """Give how many firms share their name, as names of different registers are compared, with a firm of another id."""
    keys = pd.Series([match_key(name) for name in tables.tables["firms"].last["name"].tolist()], dtype="str")
    keys = keys[(keys != "") & ~keys.map(is_generic).astype(bool)]
    shared = keys[keys.duplicated(keep=False)]
    detail = ", ".join(sorted(set(shared))[:_EXAMPLES])
    yield from judged("duplicate_name", "firms", len(shared), len(keys), "name", f"such as {detail}" if detail else "")


def filled(frame: pd.DataFrame, column: Column) -> pd.Series:
    """Return the values of a column that are there."""
    values = frame[column.name]
    match column.kind:
        case Kind.DATE:
            return values[values != NO_DAY]
        case Kind.CHOICE:
            return values[values >= 0]
        case Kind.MONEY | Kind.NUMBER | Kind.COUNT | Kind.SHARE:
            return values[values.notna()]
    return values[values != ""]


def written(value: object, column: Column) -> str:
    """Return a parsed value as it stands in a file of the contract; a missing one is empty."""
    match column.kind:
        case Kind.DATE:
            return "" if value == NO_DAY else day_of(int(str(value))).isoformat()
        case Kind.CHOICE:
            return "" if value == -1 else column.choices[int(str(value))]
        case Kind.MONEY | Kind.NUMBER | Kind.COUNT | Kind.SHARE:
            number = float(str(value))
            return "" if np.isnan(number) else repr(int(number) if number.is_integer() else number)
    return str(value)


def _leavers(outcomes: AuditTable | None, kind: str = "") -> set[str]:
    if outcomes is None:
        return set()
    frame = outcomes.last
    return set(frame.loc[frame["kind"] == OUTCOME_KINDS.index(kind), "firm_id"] if kind else frame["firm_id"])


def _amounts(table: AuditTable, column: str) -> pd.DataFrame:
    """Return the amounts above zero with currency, year and worth in dollars, and their year's median and size."""
    frame = table.last.loc[table.last[column] > 0, ["firm_id", "currency", column, f"{column}_usd", table.spec.event]]
    frame.columns = pd.Index(["firm_id", "currency", "amount", "usd", "day"])
    frame = frame.assign(year=years_of(frame["day"].to_numpy(np.int64)))
    groups = frame.groupby(["currency", "year"])["amount"]
    return frame.assign(median=groups.transform("median"), rows=groups.transform("size"))


def _jumps(table: str, column: str, amounts: pd.DataFrame) -> Iterator[Finding]:
    years = amounts[amounts["rows"] >= MIN_AMOUNTS].drop_duplicates(["currency", "year"])
    years = years.sort_values(["currency", "year"])
    same = (years["currency"] == years["currency"].shift()).to_numpy(bool)
    before = years["median"].shift()
    jumps = same & _far(years["median"].to_numpy(np.float64), before.to_numpy(np.float64), STEP)
    some = years.assign(before=before)[jumps]
    detail = "; ".join(
        f"{currency} {year}: median {now:,.0f} after {former:,.0f}"
        for currency, year, now, former in some[["currency", "year", "median", "before"]].itertuples(index=False)
    )
    yield from judged("unit_jump", table, int(jumps.sum()), int(same.sum()), column, detail)


def _outliers(table: str, column: str, amounts: pd.DataFrame) -> Iterator[Finding]:
    some = amounts[amounts["rows"] >= MIN_AMOUNTS]
    far = _far(some["amount"].to_numpy(np.float64), some["median"].to_numpy(np.float64), OUTLIER)
    yield from judged("unit_outlier", table, int(far.sum()), len(some), column)


def _strangers(table: str, column: str, amounts: pd.DataFrame) -> Iterator[Finding]:
    """Give the amounts far from all that the same firm had."""
    own = amounts.groupby("firm_id")["usd"]
    some = amounts.assign(own=own.transform("median"))[own.transform("size") >= MIN_OWN]
    # An amount that lost its 万 is seldom ten thousand times off to the yuan: the firm itself has grown or shrunk.
    far = _far(some["usd"].to_numpy(np.float64), some["own"].to_numpy(np.float64), STEP)
    firms = sorted(some.loc[far, "firm_id"].unique())[:_EXAMPLES]
    yield from judged("unit_own_history", table, int(far.sum()), len(some), column, ", ".join(firms))


def _currencies(table: str, column: str, amounts: pd.DataFrame) -> Iterator[Finding]:
    rows = amounts.groupby("currency")["usd"].size()
    codes = sorted(str(code) for code in rows.index[rows >= MIN_AMOUNTS])
    if len(codes) < 2:
        return
    some = amounts[amounts["currency"].isin(codes)]
    pairs = {code: _medians(some, code) for code in codes}
    far = [code for code, (own, others) in pairs.items() if _far(np.array([own]), np.array([others]), STEP)[0]]
    detail = "; ".join(f"{c}: median of USD {pairs[c][0] / 100:,.0f} beside {pairs[c][1] / 100:,.0f}" for c in far)
    yield from judged("unit_between_currencies", table, len(far), len(codes), column, detail)


def _medians(amounts: pd.DataFrame, code: str) -> tuple[float, float]:
    own = amounts["currency"] == code
    return float(amounts.loc[own, "usd"].median()), float(amounts.loc[~own, "usd"].median())


def _far(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64], times: int) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore", divide="ignore"):
        distance = np.abs(np.log10(a) - np.log10(b))
    # Half a millionth below, so that exactly a thousandfold counts whatever the logarithm rounds to.
    return np.asarray(distance >= np.log10(times) - 5e-7, bool)
