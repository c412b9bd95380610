"""Scores after one hypothetical event on the as-of date: the usual path, with one more row.

The tables hold each firm one time for each hypothetical event, under separate ids. A firm's score does not depend on
the other firms, so one matrix answers for all of them.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.scorer import Scorer

Frames = Mapping[str, pd.DataFrame]
_FILED, _PUBLISHED = timedelta(days=730), timedelta(days=180)
_ID = "what if"
_GROWTH = 1.5


@dataclass(frozen=True, slots=True)
class Event:
    """A hypothetical event: its name, its table, and its row on a given day."""

    words: str
    table: str
    row: Callable[[date], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """A firm's probability after an event; ``change`` is the difference from the one before."""

    words: str
    probability: float
    change: float


def _round(amount: int) -> Callable[[date], Mapping[str, str]]:
    return lambda day: {
        "round_id": _ID,
        "announced_on": day.isoformat(),
        "kind": "venture",
        "amount": str(amount),
        "currency": "USD",
        "state_backed_share": "0",
    }


EVENTS = (
    Event("A private round of US$ 1 m", "rounds", _round(1_000_000)),
    Event("A private round of US$ 5 m", "rounds", _round(5_000_000)),
    Event(
        "A national title, such as “little giant”",
        "recognitions",
        lambda day: {"scheme": _ID, "tier": "3", "awarded_on": day.isoformat()},
    ),
    Event(
        "A patent, filed two years before, is granted",
        "patents",
        lambda day: {
            "patent_id": _ID,
            "filed_on": (day - _FILED).isoformat(),
            "published_on": (day - _PUBLISHED).isoformat(),
            "granted_on": day.isoformat(),
        },
    ),
    Event(
        "One more national grant, of US$ 500 k",
        "grants",
        lambda day: {
            "grant_id": _ID,
            "awarded_on": day.isoformat(),
            "amount": "500000",
            "currency": "USD",
            "level": "national",
        },
    ),
)
REVENUE = "The latest accounts had shown half as much revenue again"


def changes(scorer: Scorer, frames: Frames, as_of: date, before: Mapping[str, float]) -> dict[str, tuple[Change, ...]]:
    """Return for each firm what each possible event would change.

    Parameters
    ----------
    scorer
        The scorer that gave the probabilities.
    frames
        The rows that were scored, by table, as text.
    as_of
        The as-of date, on which the events happen.
    before
        P(market) of the wanted firms, by ``firm_id``.

    Notes
    -----
    An event is possible if its table was given and the model has learned from it: otherwise its row would make the
    table an observed one. The choice of events is ours and implies no causal effect.
    """
    observed = [event for event in EVENTS if event.table in _usable(scorer, frames)]
    ids = {firm_id: str(place) for place, firm_id in enumerate(before)}
    own = _renamed(frames, ids)
    tried = {event.words: _with_row(own, event, as_of, ids.values()) for event in observed}
    if "financials" in _usable(scorer, frames):
        tried[REVENUE] = _with_revenue(own, _last_accounts(scorer, own, as_of))
    if not tried or not before:
        return dict.fromkeys(before, ())
    probabilities = _score(scorer, tried.values(), as_of)
    found: dict[str, tuple[Change, ...]] = {}
    for firm_id, name in ids.items():
        after = {words: probabilities.get(f"{place}-{name}", math.nan) for place, words in enumerate(tried)}
        found[firm_id] = tuple(Change(words, p, p - before[firm_id]) for words, p in after.items() if not math.isnan(p))
    return found


def _usable(scorer: Scorer, frames: Frames) -> list[str]:
    return [name for name in scorer.model.manifest.observed_tables if name in frames]


def _renamed(frames: Frames, ids: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the rows of some firms under short ids, since an id may be as long as the contract allows."""
    some = {name: frame[frame["firm_id"].isin(list(ids))] for name, frame in frames.items()}
    return {name: frame.assign(firm_id=frame["firm_id"].map(ids)) for name, frame in some.items()}


def _with_row(own: Frames, event: Event, as_of: date, ids: Iterable[str]) -> Frames:
    more = pd.DataFrame([{"firm_id": name, **event.row(as_of)} for name in ids], dtype="str")
    return {**own, event.table: pd.concat([own[event.table], more]).fillna("")}


def _last_accounts(scorer: Scorer, own: Frames, as_of: date) -> dict[str, str]:
    """Return the end of each firm's last period whose revenue is known on the as-of date."""
    tables = Tables.from_frames(own, scorer.model.manifest.money.constant_prices)
    accounts = Snapshot(tables, as_of).financials
    stated = accounts.where(accounts.stated("revenue"))
    days = pd.to_datetime(pd.Series(stated.day), unit="D").dt.strftime("%Y-%m-%d")
    return dict(zip(tables.firm_ids[stated.firm].tolist(), days.tolist(), strict=True))


def _with_revenue(own: Frames, last: Mapping[str, str]) -> Frames:
    """Return the firms with such accounts only, with more revenue in every version of their last accounts."""
    some = {name: frame[frame["firm_id"].isin(list(last))] for name, frame in own.items()}
    accounts = some["financials"]
    newest = (accounts["period_end"].str.strip() == accounts["firm_id"].map(last)) & (accounts["revenue"] != "")
    more = (pd.to_numeric(accounts.loc[newest, "revenue"]) * _GROWTH).map("{:.2f}".format)
    return {**some, "financials": accounts.assign(revenue=more.reindex(accounts.index).fillna(accounts["revenue"]))}


def _score(scorer: Scorer, tried: Iterable[Frames], as_of: date) -> dict[str, float]:
    clones: dict[str, list[pd.DataFrame]] = {}
    for place, frames in enumerate(tried):
        for name, frame in frames.items():
            clones.setdefault(name, []).append(frame.assign(firm_id=f"{place}-" + frame["firm_id"]))
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in clones.items()}
    tables = Tables.from_frames(joined, scorer.model.manifest.money.constant_prices)
    scores = scorer.score_arrays(tables, as_of, explain=False)
    return dict(zip(scores["firm_id"].tolist(), scores["p_market"].tolist(), strict=True))
