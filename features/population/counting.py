"""What fitting a population counts: each statistic's changes by key and month, from the days that rows are known.

A row counts from the month it is known in, and no longer from the month a correction of it is known in. An event counts
in the groups its firm was known for when the event became known.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.population.groups import EVERYONE, Codes, Groups, keys_of, text_of
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.ingest.tables.days import NEVER, Days
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables

CATEGORIES = ("country", "region", "sector")
# Whole numbers sum to the same in any order; a millionth of a log is finer than any valuation is stated.
LOG_UNIT = 1_000_000
_NOT_PRIVATE = ("debt", "post_ipo_debt", "secondary")
_SECTOR_AND_REGION = ("sector", "region")


def history(tables: Tables) -> pd.DataFrame:
    """Return every change: ``statistic, key, month`` (since 1970-01) and ``count``; a key's month may stand twice."""
    firms = tables.firms
    groups = {"all": Groups(np.arange(len(firms)), np.zeros(len(firms), np.int64), EVERYONE), **keys_of(firms)}
    parts = []
    for by, each in groups.items():
        once = np.ones(len(each.rows), np.int64)
        changes = _changes(each, each.code, firms.known[each.rows], firms.superseded[each.rows], once)
        parts.append(changes.assign(statistic=f"firms_by_{by}"))
    for events, weights, ways in _counted(tables):
        row, since = _located(events, firms)
        for by in ways:
            event, member = _matches(row, groups[by].rows)
            code, until = groups[by].code[member], events.superseded[event]
            for name, weight in weights.items():
                changes = _changes(groups[by], code, since[event], until, weight[event])
                parts.append(changes.assign(statistic=f"{name}_by_{by}"))
    return pd.concat(parts, ignore_index=True)


def _counted(tables: Tables) -> Iterator[tuple[Rows, Mapping[str, Codes], tuple[str, ...]]]:
    """Yield the rows of each kind of event observed, what a row adds to which counts, and the groups to count by."""
    rounds, grants, ends = (tables.events[name] for name in ("rounds", "grants", "outcomes"))
    if rounds is not None:
        yield rounds, {"rounds": np.ones(len(rounds), np.int64)}, (*_SECTOR_AND_REGION, "sector_region")
        valued = rounds.take(np.flatnonzero(_private(rounds) & (_numbers(rounds, "post_money") > 0)))
        logs = np.rint(LOG_UNIT * np.log(_numbers(valued, "post_money") / 100)).astype(np.int64)
        yield valued, {"valued": np.ones(len(valued), np.int64), "valuation_log": logs}, ("sector",)
    if grants is not None:
        yield grants, {"grants": np.ones(len(grants), np.int64)}, _SECTOR_AND_REGION
    if ends is not None:
        exits = ends.take(np.flatnonzero(_numbers(ends, "kind") != OUTCOME_KINDS.index("closure")))
        yield exits, {"exits": np.ones(len(exits), np.int64)}, (*_SECTOR_AND_REGION, "combination")


def _private(rounds: Rows) -> npt.NDArray[np.bool_]:
    """Return which rounds are private, by the rule of `littlegiants.features.families.funding.private_rounds`."""
    return ~np.isin(_numbers(rounds, "kind"), [ROUND_KINDS.index(kind) for kind in _NOT_PRIVATE])


def _numbers(rows: Rows, name: str) -> npt.NDArray[np.float64]:
    values = rows.columns[name]
    assert isinstance(values, np.ndarray)  # noqa: S101 - narrows the type; only sectors and classes are lists
    return values.astype(np.float64)


def _changes(groups: Groups, code: Codes, since: Days, until: Days, weight: Codes) -> pd.DataFrame:
    """Return the changes in the groups of the given codes: a row's weight when it is known, less when superseded."""
    gone = until != NEVER
    changes = {
        "key": np.concatenate((code, code[gone])),
        "month": np.concatenate((_month(since), _month(until[gone]))),
        "count": np.concatenate((weight, -weight[gone])),
    }
    # Summed by number before there is a text for each row: a big population has few keys and many rows.
    summed = pd.DataFrame(changes).groupby(["key", "month"], as_index=False, sort=False).sum()
    return summed.assign(key=groups.names[summed["key"].to_numpy()])


def _month(days: Days) -> Codes:
    return days.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _located(events: Rows, firms: Rows) -> tuple[Codes, Days]:
    """Return the row of ``firms`` that was known when each event became known (-1 for none), and from which day.

    An event of a firm that was itself known only later counts from then, by what was first known of the firm.
    """
    versions = np.flatnonzero(firms.known < firms.superseded)
    if not len(versions):
        return np.full(len(events), -1), events.known
    versions = versions[np.lexsort((firms.known[versions], firms.firm[versions]))]
    owner, wanted, known = firms.firm[versions].astype(np.int64), events.firm.astype(np.int64), firms.known[versions]
    index = np.searchsorted((owner << 32) + known, (wanted << 32) + events.known, side="right") - 1
    index = np.where((index >= 0) & (owner[index] == wanted), index, np.minimum(index + 1, len(versions) - 1))
    since = np.maximum(events.known, known[index])
    return np.where((owner[index] == wanted) & (since < events.superseded), versions[index], -1), since


def _matches(wanted: Codes, rows: Codes) -> tuple[Codes, Codes]:
    """Return all pairs ``(i, j)`` with ``wanted[i] == rows[j]``; ``rows`` is ascending."""
    low, high = np.searchsorted(rows, wanted, "left"), np.searchsorted(rows, wanted, "right")
    lengths = high - low
    offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(np.arange(len(wanted)), lengths), np.repeat(low, lengths) + offset


def categories(tables: Tables) -> pd.DataFrame:
    """Return how many firms are last known to have each value of `CATEGORIES`, as rows of the long table."""
    firms = tables.firms.take(np.flatnonzero(tables.firms.superseded == NEVER))
    sectors = firms.columns["sectors"]
    assert isinstance(sectors, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
    values = {"sector": sectors.vocabulary[sectors.codes].astype(object)}
    for name in ("country", "region"):
        values[name] = text_of(firms, name)
    parts = []
    for name, column in values.items():
        counted = pd.Series(column[column != ""], dtype=object).value_counts()
        part = {"statistic": f"seen_{name}", "key": counted.index, "month": 0, "count": counted.to_numpy()}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)
