"""What fitting a population counts: each statistic's changes by key and month, from the days that rows are known.

A row counts from the month it is known in, and no longer from the month a correction of it is known in. An event counts
in the groups its firm was known for when the event became known.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.population.groups import EVERYONE, SEPARATOR, Codes, Groups, Keys, keys_of, text_of
from littlegiants.features.population.investors import NOT_PRIVATE, joint_investments, pairs_of
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables

Numbers = npt.NDArray[np.integer]
CATEGORIES = ("country", "region", "sector")
# Whole numbers sum to the same in any order; a millionth of a log is finer than any valuation is stated.
LOG_UNIT = 1_000_000
# The co-investment network is that of five years (Hochberg, Ljungqvist and Lu, 2007).
NETWORK_MONTHS = 60
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
        row, since = _located(events.firm.astype(np.int64), events.known, events.superseded, firms)
        for by in ways:
            event, member = _matches(row, groups[by].rows)
            code, until = groups[by].code[member], events.superseded[event]
            for name, weight in weights.items():
                changes = _changes(groups[by], code, since[event], until, weight[event])
                parts.append(changes.assign(statistic=f"{name}_by_{by}"))
    return pd.concat([*parts, *_investor_changes(tables, groups)], ignore_index=True)


def _investor_changes(tables: Tables, groups: Mapping[str, Groups]) -> Iterator[pd.DataFrame]:
    """Yield the changes of what is counted by investor: firms, those that raised again, exits, and partners."""
    investments = tables.events["investments"]
    if investments is None or not len(investments):
        return
    pairs = pairs_of(tables.firms, investments, tables.events["rounds"], tables.events["outcomes"])
    for name, since in (("deals", pairs.known), ("followed", pairs.followed), ("exits", pairs.exited)):
        some = (since != NEVER).nonzero()[0]
        yield _summed(pairs.keys, pairs.investor[some], _month(since[some])).assign(statistic=f"{name}_by_investor")
    row, first = _located(pairs.firm, pairs.known, np.full(len(pairs.firm), NEVER), tables.firms)
    for by in _SECTOR_AND_REGION:
        pair, member = _matches(row, groups[by].rows)
        width = max(len(groups[by].names), 1)
        code, found = pd.factorize(pairs.investor[pair] * width + groups[by].code[member])
        names = pairs.keys[found // width] + SEPARATOR + groups[by].names[found % width]
        yield _summed(names, code, _month(first[pair])).assign(statistic=f"deals_by_investor_{by}")
    one, other, known, keys = joint_investments(tables.firms, investments)
    code, month, change = _partners(one, other, _month(known), max(len(keys), 1))
    yield _summed(keys, code, month, change).assign(statistic="partners_by_investor")


def _partners(one: Codes, other: Codes, month: Codes, investors: int) -> tuple[Codes, Codes, Codes]:
    """Return investor, month and change of the number of partners: those of the last `NETWORK_MONTHS` months."""
    pair = one * investors + other
    order = np.lexsort((month, pair))
    pair, month = pair[order], month[order]
    lapses = np.ones(len(pair), bool)
    lapses[:-1] = (pair[1:] != pair[:-1]) | (month[1:] > month[:-1] + NETWORK_MONTHS)
    begins = np.ones(len(pair), bool)
    begins[1:] = lapses[:-1]
    both = np.concatenate((pair[begins], pair[lapses]))
    months = np.concatenate((month[begins], month[lapses] + NETWORK_MONTHS))
    change = np.repeat((1, -1), (begins.sum(), lapses.sum()))
    ends = np.concatenate((both // investors, both % investors))
    return ends, np.tile(months, 2), np.tile(change, 2)


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
    return ~np.isin(_numbers(rounds, "kind"), [ROUND_KINDS.index(kind) for kind in NOT_PRIVATE])


def _numbers(rows: Rows, name: str) -> npt.NDArray[np.float64]:
    values = rows.columns[name]
    assert isinstance(values, np.ndarray)  # noqa: S101 - narrows the type; only sectors and classes are lists
    return values.astype(np.float64)


def _changes(groups: Groups, code: Codes, since: Numbers, until: Numbers, weight: Codes) -> pd.DataFrame:
    """Return the changes in the groups of the given codes: a row's weight when it is known, less when superseded."""
    gone = until != NEVER
    month = np.concatenate((_month(since), _month(until[gone])))
    return _summed(groups.names, np.concatenate((code, code[gone])), month, np.concatenate((weight, -weight[gone])))


def _summed(names: Keys, code: Codes, month: Codes, count: Codes | int = 1) -> pd.DataFrame:
    # Summed by number before there is a text for each row: a big population has few keys and many rows.
    changes = pd.DataFrame({"key": code, "month": month, "count": count})
    summed = changes.groupby(["key", "month"], as_index=False, sort=False).sum()
    return summed.assign(key=names[summed["key"].to_numpy(np.int64)])


def _month(days: Numbers) -> Codes:
    return days.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _located(wanted: Codes, known: Numbers, superseded: Numbers, firms: Rows) -> tuple[Codes, Numbers]:
    """Return the row of ``firms`` that was known when each event became known (-1 for none), and from which day.

    An event of a firm that was itself known only later counts from then, by what was first known of the firm.

    Parameters
    ----------
    wanted, known, superseded
        The firm of each event, and from when and until when the event counts.
    firms
        The rows of the firms table.
    """
    versions = np.flatnonzero(firms.known < firms.superseded)
    if not len(versions):
        return np.full(len(wanted), -1), known
    versions = versions[np.lexsort((firms.known[versions], firms.firm[versions]))]
    owner, dated = firms.firm[versions].astype(np.int64), firms.known[versions]
    index = np.searchsorted((owner << 32) + dated, (wanted << 32) + known, side="right") - 1
    index = np.where((index >= 0) & (owner[index] == wanted), index, np.minimum(index + 1, len(versions) - 1))
    since = np.maximum(known, dated[index])
    return np.where((owner[index] == wanted) & (since < superseded), versions[index], -1), since


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
