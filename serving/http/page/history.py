"""A firm's history as it was known on the as-of date: its events in words, and their places on a time line."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from littlegiants.features.asof.events import Events
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.contract import ENDING_TABLES, TABLES
from littlegiants.ingest.tables.days import day_number
from littlegiants.ingest.tables.tables import Tables
from littlegiants.reports.wording import dollars, number, visible

LISTED = 40
# A stroke of this share of the lane at least, so that the smallest amount is seen.
_LEAST = 0.35
_TIERS = {1: "innovative firm", 2: "provincial title", 3: "national title", 4: "single champion"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One event: its day, its table, its description, and its amount in US dollars or NaN."""

    day: date
    table: str
    words: str
    amount: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """A moment on its lane: the place from 0 (the first day) to 1 (the as-of date), and the height from 0 to 1."""

    place: float
    height: float


@dataclass(frozen=True, slots=True)
class History:
    """What was known of one firm, newest first, and the lanes of its time line.

    Attributes
    ----------
    first, last
        The first and the last day of the time line.
    years
        Places of every fifth new year.
    lanes
        Strokes by table; a table that was not given is absent, one without rows has none.
    moments
        The newest of them; ``others`` more are not listed.
    """

    first: date
    last: date
    years: tuple[float, ...]
    lanes: Mapping[str, tuple[Stroke, ...]]
    moments: tuple[Moment, ...]
    others: int


def histories(tables: Tables, as_of: date, firm_ids: Sequence[str]) -> dict[str, History]:
    """Return histories by ``firm_id``, from the rows that a snapshot of the as-of date shows.

    Parameters
    ----------
    tables
        The tables.
    as_of
        The as-of date.
    firm_ids
        The firms.
    """
    some = tables.take(np.array(firm_ids, object))
    snapshot = Snapshot(some, as_of)
    found: dict[str, list[Moment]] = {firm_id: [] for firm_id in some.firm_ids.tolist()}
    given = [name for name in some.observed if name not in ENDING_TABLES]
    for name in given:
        events: Events = getattr(snapshot, name)
        for firm, moment in zip(events.firm.tolist(), _moments(name, events), strict=True):
            found[some.firm_ids[firm]].append(moment)
    for firm, day in enumerate(snapshot.founded_day.tolist()):
        if not math.isnan(day):
            found[some.firm_ids[firm]].append(Moment(_date(day), "firms", "Founded", math.nan))
    return {firm_id: _history(moments, given, as_of) for firm_id, moments in found.items()}


def _history(moments: list[Moment], given: Sequence[str], as_of: date) -> History:
    first = date(min((moment.day.year for moment in moments), default=as_of.year), 1, 1)
    start, length = day_number(first), day_number(as_of) - day_number(first) + 1
    largest = {
        name: max((m.amount for m in moments if m.table == name and m.amount > 0), default=1.0) for name in given
    }

    def place(day: date) -> float:
        return (day_number(day) - start) / length

    lanes = {
        name: tuple(Stroke(place(m.day), _height(m.amount, largest[name])) for m in moments if m.table == name)
        for name in given
    }
    years = tuple(place(date(year, 1, 1)) for year in range(first.year + 1, as_of.year + 1) if year % 5 == 0)
    newest = sorted(moments, key=lambda moment: (moment.day, moment.table, moment.words), reverse=True)
    return History(first, as_of, years, lanes, tuple(newest[:LISTED]), max(len(newest) - LISTED, 0))


def _height(amount: float, largest: float) -> float:
    """Return the height of a stroke: its square is the share of the largest amount; a stroke without one is whole."""
    return 1.0 if math.isnan(amount) else max(math.sqrt(max(amount, 0.0) / largest), _LEAST)


def _moments(table: str, events: Events) -> Iterator[Moment]:
    days = [_date(day) for day in events.day_number.tolist()]
    column = TABLES[table].amount
    amounts = events.number(column).tolist() if column else [math.nan] * len(days)
    texts = _WORDS[table](events) if table in _WORDS else [f"Entry in {table}"] * len(days)
    for day, words, amount in zip(days, texts, amounts, strict=True):
        yield Moment(day, table, words if math.isnan(amount) else f"{words}, {dollars(amount)}", amount)


def _date(day: float) -> date:
    return np.datetime64(int(day), "D").astype(date)  # type: ignore[no-any-return]


def _texts(events: Events, name: str) -> list[str]:
    words = np.append(events.vocabulary(name), "")
    return [visible(word) for word in words[events.column(name).astype(np.intp)]]


def _choices(events: Events, table: str, name: str) -> list[str]:
    words = np.array([*TABLES[table].column(name).choices, ""], object)
    return [str(word).replace("_", " ") for word in words[events.column(name).astype(np.intp)]]


def _rounds(events: Events) -> list[str]:
    shares = events.number("state_backed_share").tolist()
    kinds = _choices(events, "rounds", "kind")
    return [
        f"Round, {kind}{f', {number(100 * share, 0)}% of the state' if share > 0 else ''}"
        for kind, share in zip(kinds, shares, strict=True)
    ]


def _grants(events: Events) -> list[str]:
    both = zip(_choices(events, "grants", "level"), _texts(events, "programme"), strict=True)
    return [": ".join(filter(None, (f"Grant, {level}" if level else "Grant", name))) for level, name in both]


def _patents(events: Events) -> list[str]:
    granted = np.isnan(events.days("granted_on")).tolist()
    return [f"Patent filed, {'pending' if pending else 'granted by now'}" for pending in granted]


def _recognitions(events: Events) -> list[str]:
    both = zip(_texts(events, "scheme"), events.number("tier").tolist(), strict=True)
    return [f"Title, {_TIERS[int(tier)]}: {scheme}" for scheme, tier in both]


def _financials(events: Events) -> list[str]:
    return ["Accounts, revenue" if known else "Accounts without a revenue" for known in events.stated("revenue")]


def _investments(events: Events) -> list[str]:
    leads = (events.number("lead") == 1).tolist()
    return [
        f"Investor{', lead' if lead else ''}: {name}"
        for name, lead in zip(_texts(events, "investor"), leads, strict=True)
    ]


_WORDS: Mapping[str, Callable[[Events], list[str]]] = {
    "rounds": _rounds,
    "grants": _grants,
    "patents": _patents,
    "recognitions": _recognitions,
    "financials": _financials,
    "investments": _investments,
}
