"""Sixteen signals computed five ways: by our builders, by hand in NumPy, and in DuckDB, Polars and pandas.

All are given the same rows in the form they like best, subclasses of patents already cut out and exploded for all but
ours. Every function prepares its tables and returns what is timed: a call without arguments that gives the columns.
"""

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import BUILDERS
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.contract import ROUND_KINDS
from littlegiants.ingest.tables.days import add_months, day_number
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables

Floats = npt.NDArray[np.float64]
Signals = dict[str, Floats]
AS_OF = date(2022, 6, 30)
# What each of the two does best with: ours makes more arrays, which then stay in the cache of a core.
_CHUNK_OF_OURS, _CHUNK_BY_HAND = 16_384, 65_536
NAMES = (
    "rounds_count rounds_count_2y raised_usd raised_usd_3y largest_round_usd months_since_last_round round_gap_mean "
    "round_gap_spread grants_count_3y grant_usd grant_share_3y months_since_last_grant patents_per_year_3y "
    "patents_per_year_5y patent_class_entropy patent_citations_mean"
).split()
_TODAY = day_number(AS_OF)
_DEBT = [ROUND_KINDS.index(kind) for kind in ("debt", "post_ipo_debt", "secondary")]


def _back(months: int) -> int:
    return int(add_months(np.array([_TODAY]), -months)[0])


def ours(tables: Tables) -> Callable[[], Signals]:
    builders = [builder for builder in BUILDERS if builder.__name__ in NAMES]

    def run() -> Signals:
        out = {name: np.empty(len(tables)) for name in NAMES}
        for first in range(0, len(tables), _CHUNK_OF_OURS):
            snapshot = Snapshot(tables.slice(first, first + _CHUNK_OF_OURS), AS_OF, Population.empty())
            for builder in builders:
                out[builder.__name__][first : first + _CHUNK_OF_OURS] = builder(snapshot)
        return out

    return run


def by_hand(tables: Tables) -> Callable[[], Signals]:
    frames, firms = _arrays(tables), len(tables)
    bounds = range(0, firms, _CHUNK_BY_HAND)

    def run() -> Signals:
        parts = []
        for low in bounds:
            high = min(low + _CHUNK_BY_HAND, firms)
            some = {}
            for name, columns in frames.items():
                first, last = np.searchsorted(columns["firm"], (low, high))
                some[name] = {key: values[first:last] for key, values in columns.items()}
            parts.append(_hand(some, low, high - low))
        return {name: np.concatenate([part[name] for part in parts]) for name in NAMES}

    return run


def _seen(columns: dict[str, npt.NDArray], low: int, keep: npt.NDArray | None = None) -> dict[str, npt.NDArray]:
    mask = (columns["known"] <= _TODAY) & (columns["superseded"] > _TODAY)
    rows = np.flatnonzero(mask if keep is None else mask & keep)
    some = {key: values[rows] for key, values in columns.items() if key not in ("known", "superseded")}
    return some | {"firm": some["firm"].astype(np.intp) - low}


def _hand(frames: dict[str, dict[str, npt.NDArray]], low: int, firms: int) -> Signals:
    rounds = _seen(frames["rounds"], low, ~np.isin(frames["rounds"]["kind"], _DEBT))
    grants, patents, classes = (_seen(frames[name], low) for name in ("grants", "patents", "classes"))
    out: Signals = {}

    def per(firm: npt.NDArray, weights: npt.NDArray | None = None) -> Floats:
        return np.bincount(firm, weights, minlength=firms).astype(np.float64, copy=False)

    def usd(table: dict[str, npt.NDArray], mask: npt.NDArray | slice) -> Floats:
        firm, amount = table["firm"][mask], table["amount"][mask]
        stated = ~np.isnan(amount)
        known, total = per(firm, stated), per(firm, np.where(stated, amount, 0.0)) / 100
        total[(known == 0) & (per(firm) > 0)] = np.nan
        return total

    def last(table: dict[str, npt.NDArray]) -> Floats:
        day = np.full(firms, np.nan)
        day[table["firm"]] = table["day"]  # days ascend, so the last one stays
        return (_TODAY - day) / DAYS_PER_MONTH

    firm, day = rounds["firm"], rounds["day"]
    count = out["rounds_count"] = per(firm)
    out["rounds_count_2y"] = per(firm[day > _back(24)])
    out["raised_usd"] = usd(rounds, slice(None))
    out["raised_usd_3y"] = usd(rounds, day > _back(36))
    starts, some = np.cumsum(count).astype(np.intp), np.flatnonzero(count)
    largest = np.full(firms, np.nan)
    largest[some] = np.fmax.reduceat(rounds["amount"], starts[some] - count[some].astype(np.intp)) / 100
    out["largest_round_usd"] = largest
    out["months_since_last_round"] = last(rounds)
    same = np.flatnonzero(firm[1:] == firm[:-1]) + 1
    gaps, owner = (day[same] - day[same - 1]) / DAYS_PER_MONTH, firm[same]
    number = count - 1
    mean = out["round_gap_mean"] = np.where(number > 0, per(owner, gaps) / np.maximum(number, 1), np.nan)
    spread = per(owner, (gaps - mean[owner]) ** 2)
    out["round_gap_spread"] = np.where(number > 1, np.sqrt(spread / np.maximum(number - 1, 1)), np.nan)
    recent = grants["day"] > _back(36)
    out["grants_count_3y"] = per(grants["firm"][recent])
    out["grant_usd"] = usd(grants, slice(None))
    public = usd(grants, recent)
    money = public + out["raised_usd_3y"]
    out["grant_share_3y"] = np.where(money > 0, public / np.where(money > 0, money, 1.0), np.nan)
    out["months_since_last_grant"] = last(grants)
    firm, filed = patents["firm"], patents["day"]
    for years in (3, 5):
        window = (filed > _back(12 * years + 18)) & (filed <= _back(18))
        out[f"patents_per_year_{years}y"] = per(firm[window]) / years
    out["patent_class_entropy"] = _entropy(classes, firms)
    stated = ~np.isnan(patents["citations"])
    known = per(firm, stated)
    cited = per(firm, np.where(stated, patents["citations"], 0.0))
    out["patent_citations_mean"] = np.where(known > 0, cited / np.maximum(known, 1), np.nan)
    return out


def _entropy(classes: dict[str, npt.NDArray], firms: int) -> Floats:
    firm, patent, subclass = classes["firm"], classes["patent"], classes["subclass"]
    once = np.ones(len(firm), bool)
    once[1:] = (patent[1:] != patent[:-1]) | (subclass[1:] != subclass[:-1])
    pairs, count = np.unique(firm[once] << 16 | subclass[once], return_counts=True)
    owner = pairs >> 16
    total = np.bincount(owner, count, minlength=firms)
    share = count / total[owner]
    return np.where(total > 0, np.bincount(owner, -share * np.log(share), minlength=firms), np.nan)


def in_pandas(tables: Tables) -> Callable[[], Signals]:
    frames, firms = {name: pd.DataFrame(columns) for name, columns in _arrays(tables).items()}, len(tables)

    def run() -> Signals:
        seen = {n: f[(f["known"] <= _TODAY) & (f["superseded"] > _TODAY)] for n, f in frames.items()}
        rounds = seen["rounds"][~seen["rounds"]["kind"].isin(_DEBT)]
        rounds = rounds.assign(gap=rounds.groupby("firm")["day"].diff() / DAYS_PER_MONTH)
        grants, patents, classes = seen["grants"], seen["patents"], seen["classes"]
        recent, granted = rounds[rounds["day"] > _back(36)], grants[grants["day"] > _back(36)]
        by = rounds.groupby("firm")
        two_years = rounds[rounds["day"] > _back(24)]
        out = pd.DataFrame(index=pd.RangeIndex(firms))
        out["rounds_count"] = by.size()
        out["rounds_count_2y"] = two_years.groupby("firm").size()
        out["raised_usd"] = by["amount"].sum(min_count=1) / 100
        out["raised_usd_3y"] = recent.groupby("firm")["amount"].sum(min_count=1) / 100
        out["largest_round_usd"] = by["amount"].max() / 100
        out["months_since_last_round"] = (_TODAY - by["day"].max()) / DAYS_PER_MONTH
        out["round_gap_mean"] = by["gap"].mean()
        out["round_gap_spread"] = by["gap"].std()
        out["grants_count_3y"] = granted.groupby("firm").size()
        out["grant_usd"] = grants.groupby("firm")["amount"].sum(min_count=1) / 100
        out["granted_usd_3y"] = granted.groupby("firm")["amount"].sum(min_count=1) / 100
        out["months_since_last_grant"] = (_TODAY - grants.groupby("firm")["day"].max()) / DAYS_PER_MONTH
        for years in (3, 5):
            window = patents[(patents["day"] > _back(12 * years + 18)) & (patents["day"] <= _back(18))]
            out[f"patents_per_year_{years}y"] = window.groupby("firm").size() / years
        pairs = classes.drop_duplicates(["patent", "subclass"]).groupby(["firm", "subclass"]).size()
        share = pairs / pairs.groupby(level=0).transform("sum")
        out["patent_class_entropy"] = (-share * np.log(share)).groupby(level=0).sum()
        out["patent_citations_mean"] = patents.groupby("firm")["citations"].mean()
        # A firm without rows got nothing, which is 0; one whose rows lack amounts stays missing.
        for name, rows in (
            *(("rounds_count", rounds), ("rounds_count_2y", two_years), ("raised_usd", rounds)),
            *(("raised_usd_3y", recent), ("grants_count_3y", granted)),
            *(("grant_usd", grants), ("granted_usd_3y", granted)),
        ):
            without = np.ones(firms, bool)
            without[rows["firm"].to_numpy()] = False
            out.loc[without, name] = 0.0
        for name in ("patents_per_year_3y", "patents_per_year_5y"):
            out[name] = out[name].fillna(0.0)
        money = out["granted_usd_3y"] + out["raised_usd_3y"]
        out["grant_share_3y"] = out["granted_usd_3y"] / money.where(money > 0)
        return {name: out[name].to_numpy(np.float64) for name in NAMES}

    return run


def in_duckdb(tables: Tables) -> Callable[[], Signals]:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    for name, columns in _arrays(tables).items():
        connection.register("given", pa.table({key: pa.array(v, from_pandas=True) for key, v in columns.items()}))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - our own names
        connection.unregister("given")
    connection.execute(f"CREATE TABLE firms AS SELECT range::INTEGER AS firm FROM range({len(tables)})")  # noqa: S608 - a number
    seen = f"known <= {_TODAY} AND superseded > {_TODAY}"

    def usd(window: str) -> str:
        filtered = f"FILTER (WHERE {window})"
        return f"CASE WHEN count(*) {filtered} = 0 THEN 0 ELSE sum(amount) {filtered} / 100 END"

    query = f"""
        WITH private AS (
            SELECT *, (day - lag(day) OVER (PARTITION BY firm ORDER BY day)) / {DAYS_PER_MONTH!r} AS gap
            FROM rounds WHERE {seen} AND kind NOT IN {tuple(_DEBT)}
        ), r AS (
            SELECT firm, count(*) AS rounds_count, count(*) FILTER (WHERE day > {_back(24)}) AS rounds_count_2y,
                {usd("true")} AS raised_usd, {usd(f"day > {_back(36)}")} AS raised_usd_3y,
                max(amount) / 100 AS largest_round_usd,
                ({_TODAY} - max(day)) / {DAYS_PER_MONTH!r} AS months_since_last_round,
                avg(gap) AS round_gap_mean, stddev_samp(gap) AS round_gap_spread
            FROM private GROUP BY firm
        ), g AS (
            SELECT firm, count(*) FILTER (WHERE day > {_back(36)}) AS grants_count_3y, {usd("true")} AS grant_usd,
                {usd(f"day > {_back(36)}")} AS granted_3y,
                ({_TODAY} - max(day)) / {DAYS_PER_MONTH!r} AS months_since_last_grant
            FROM grants WHERE {seen} GROUP BY firm
        ), p AS (
            SELECT firm, count(*) FILTER (WHERE day > {_back(54)} AND day <= {_back(18)}) / 3 AS patents_per_year_3y,
                count(*) FILTER (WHERE day > {_back(78)} AND day <= {_back(18)}) / 5 AS patents_per_year_5y,
                avg(citations) AS patent_citations_mean
            FROM patents WHERE {seen} GROUP BY firm
        ), pairs AS (
            SELECT firm, count(*) AS n
            FROM (SELECT DISTINCT firm, patent, subclass FROM classes WHERE {seen}) GROUP BY firm, subclass
        ), e AS (
            SELECT firm, ln(sum(n)) - sum(n * ln(n)) / sum(n) AS patent_class_entropy FROM pairs GROUP BY firm
        ), joined AS (
            SELECT * REPLACE (
                coalesce(rounds_count, 0) AS rounds_count, coalesce(rounds_count_2y, 0) AS rounds_count_2y,
                CASE WHEN r.firm IS NULL THEN 0 ELSE raised_usd END AS raised_usd,
                CASE WHEN r.firm IS NULL THEN 0 ELSE raised_usd_3y END AS raised_usd_3y,
                coalesce(grants_count_3y, 0) AS grants_count_3y,
                CASE WHEN g.firm IS NULL THEN 0 ELSE grant_usd END AS grant_usd,
                CASE WHEN g.firm IS NULL THEN 0 ELSE granted_3y END AS granted_3y,
                coalesce(patents_per_year_3y, 0) AS patents_per_year_3y,
                coalesce(patents_per_year_5y, 0) AS patents_per_year_5y)
            FROM firms LEFT JOIN r USING (firm) LEFT JOIN g USING (firm) LEFT JOIN p USING (firm)
                LEFT JOIN e USING (firm)
        )
        SELECT *, granted_3y / nullif(granted_3y + raised_usd_3y, 0) AS grant_share_3y FROM joined ORDER BY firm
    """  # noqa: S608 - our own names and numbers

    def run() -> Signals:
        found = connection.execute(query).fetchnumpy()
        return {name: np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan) for name in NAMES}

    return run


def in_polars(tables: Tables) -> Callable[[], Signals]:
    import polars as pl

    firms = pl.DataFrame({"firm": np.arange(len(tables), dtype=np.int32)}).lazy()
    frames = {
        name: pl.DataFrame(columns, nan_to_null=True)
        .lazy()
        .filter((pl.col("known") <= _TODAY) & (pl.col("superseded") > _TODAY))
        for name, columns in _arrays(tables).items()
    }
    day, amount = pl.col("day"), pl.col("amount")

    def usd(window: pl.Expr) -> pl.Expr:
        some = amount.filter(window)
        return pl.when((window.sum() > 0) & (some.count() == 0)).then(None).otherwise(some.sum() / 100)

    def since_last() -> pl.Expr:
        return (_TODAY - day.max()) / DAYS_PER_MONTH

    def filed(years: int) -> pl.Expr:
        return ((day > _back(12 * years + 18)) & (day <= _back(18))).sum() / years

    always, recent = day > -(1 << 30), day > _back(36)

    def run() -> Signals:
        private = frames["rounds"].filter(~pl.col("kind").is_in(_DEBT)).sort("firm", "day")
        gap = day.diff() / DAYS_PER_MONTH
        rounds = private.group_by("firm").agg(
            rounds_count=pl.len(),
            rounds_count_2y=(day > _back(24)).sum(),
            raised_usd=usd(always),
            raised_usd_3y=usd(recent),
            largest_round_usd=amount.max() / 100,
            months_since_last_round=since_last(),
            round_gap_mean=gap.mean(),
            round_gap_spread=gap.std(),
            rounds_seen=pl.lit(1),
        )
        grants = (
            frames["grants"]
            .group_by("firm")
            .agg(
                grants_count_3y=recent.sum(),
                grant_usd=usd(always),
                granted_3y=usd(recent),
                months_since_last_grant=since_last(),
                grants_seen=pl.lit(1),
            )
        )
        patents = (
            frames["patents"]
            .group_by("firm")
            .agg(
                patents_per_year_3y=filed(3),
                patents_per_year_5y=filed(5),
                patent_citations_mean=pl.col("citations").mean(),
            )
        )
        pairs = frames["classes"].unique(["firm", "patent", "subclass"]).group_by("firm", "subclass").agg(n=pl.len())
        n = pl.col("n")
        entropy = pairs.group_by("firm").agg(patent_class_entropy=n.sum().log() - (n * n.log()).sum() / n.sum())
        joined = firms
        for part in (rounds, grants, patents, entropy):
            joined = joined.join(part, on="firm", how="left")
        counts = ("rounds_count", "rounds_count_2y", "grants_count_3y", "patents_per_year_3y", "patents_per_year_5y")
        sums = {"raised_usd": "rounds", "raised_usd_3y": "rounds", "grant_usd": "grants", "granted_3y": "grants"}
        filled = [pl.col(name).fill_null(0) for name in counts]
        filled += [
            pl.when(pl.col(f"{table}_seen").is_null()).then(0.0).otherwise(pl.col(name)).alias(name)
            for name, table in sums.items()
        ]
        money = pl.col("granted_3y") + pl.col("raised_usd_3y")
        share = pl.when(money > 0).then(pl.col("granted_3y") / money)
        found = joined.with_columns(filled).with_columns(grant_share_3y=share).sort("firm").select(NAMES).collect()
        return {name: found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in NAMES}

    return run


def _arrays(tables: Tables) -> dict[str, dict[str, npt.NDArray]]:
    """Return the columns that the sixteen signals read, with the patents' subclasses as a table of their own."""
    wanted = {"rounds": ("kind", "amount"), "grants": ("amount",), "patents": ("citations",)}
    out: dict[str, dict[str, npt.NDArray]] = {}
    for name, columns in wanted.items():
        rows = _rows(tables, name)
        days = {"firm": rows.firm, "day": rows.day, "known": rows.known, "superseded": rows.superseded}
        out[name] = {**days, **{column: np.asarray(rows.columns[column]) for column in columns}}
    patents = _rows(tables, "patents")
    classes = patents.columns["classes"]
    assert isinstance(classes, Ragged)  # noqa: S101 - narrows the type
    row = classes.rows()
    subclass = np.unique(classes.vocabulary.astype("U4"), return_inverse=True)[1]
    out["classes"] = {
        "firm": patents.firm[row],
        "known": patents.known[row],
        "superseded": patents.superseded[row],
        "patent": row,
        "subclass": subclass[classes.codes],
    }
    return out


def _rows(tables: Tables, name: str) -> Rows:
    rows = tables.events[name]
    assert rows is not None  # noqa: S101 - a universe has every table
    return rows


ENGINES: dict[str, Callable[[Tables], Callable[[], Signals]]] = {
    "littlegiants": ours,
    "NumPy by hand": by_hand,
    "DuckDB": in_duckdb,
    "Polars": in_polars,
    "pandas groupby": in_pandas,
}
_NEEDS = {"DuckDB": "duckdb", "Polars": "polars"}


def missing() -> dict[str, str]:
    """Return the engines that are not installed, and the package each needs."""
    return {name: package for name, package in _NEEDS.items() if find_spec(package) is None}
