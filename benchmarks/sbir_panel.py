"""The SBIR panel of Khunjua and Malik (2026): who is known on which day, how long each firm is watched, and covariates.

The index day is a firm's first Phase II award (Phase I in the other file), the event its first Form D of at least USD
1 m after it. The panel's firms are anonymous, and its awards are counted, not listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import numpy as np
import pandas as pd
from survival import Spells

from littlegiants.features.matrix import CATEGORICAL, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.tables import Tables

LAST_TRAINED, DATA_END = 2018, date(2026, 5, 20)
FOLLOWED_DAYS = (DATA_END - date(LAST_TRAINED, 12, 31)).days
# The panel has no Form D before 2015: a firm indexed earlier is watched from then on.
UNOBSERVED_THROUGH = date(2014, 12, 31)
_LEAST_USD = 10_000.0
_AGENCIES = ("has_dod", "has_nih", "has_nsf", "has_doe", "has_nasa", "has_usda")
_HISTORY = ("n_pre_grants", "total_pre_amount", "max_single_award", "years_first_to_index_days", "n_grantors_pre")
_COLUMNS = (*_HISTORY, "n_active_years_pre", "n_phase1_pre", *_AGENCIES, "state_at_index")
_DATED = ("firm_id", "index_date", "index_year", "event_1m", "days_to_event_1m")
_LAG = "phase1_to_phase2_days"


class Labels(StrEnum):
    """Which outcomes of the training firms are used."""

    dated = "dated"  # known by the end of the year before the index day of the firm to rank
    origin = "origin"  # known by the end of the last year whose firms are trained on
    published = "published"  # all up to the end of the data, as in the paper


@dataclass(frozen=True, slots=True)
class Split:
    """The firms trained on, whose outcomes are known up to ``known``, and the firms to rank, followed to ``end``.

    The firms trained on were indexed by the end of ``origin``.
    """

    phase2: pd.DataFrame
    phase1: pd.DataFrame
    ranked: pd.DataFrame
    origin: date
    known: date
    end: date


def read_panel(path: Path) -> pd.DataFrame:
    """Read only what is known on the index day, and the outcome: no flag that looks ahead, no description by models."""
    frame = pd.read_csv(path, usecols=lambda name: name in (*_DATED, *_COLUMNS, _LAG) or name.startswith("vc_"))
    index_on = pd.to_datetime(frame["index_date"])
    event_on = index_on + pd.to_timedelta(frame["days_to_event_1m"], unit="D")
    frame = frame.assign(index_on=index_on, event_on=event_on.where(frame["event_1m"] == 1))
    return frame.sort_values(["index_on", "firm_id"], ignore_index=True)


def make_splits(phase2: pd.DataFrame, phase1: pd.DataFrame, origin: int, labels: Labels, last: int) -> list[Split]:
    """Train on the firms indexed by the end of ``origin``, ask about those of the later years to ``last``.

    With dated labels there is a split for each year in which firms to rank have their index day, else one.
    """
    trained = date(origin, 12, 31)
    end = (pd.Timestamp(trained) + pd.Timedelta(days=FOLLOWED_DAYS)).date()
    ranked = phase2[phase2["index_year"].between(origin + 1, last)]
    if labels is not Labels.dated:
        known = trained if labels is Labels.origin else end
        # The firms of Phase II are among those of Phase I under other ids: their later outcomes must not come in there.
        part = phase1 if labels is Labels.origin else phase1.iloc[:0]
        return [Split(_trained(phase2, trained), _trained(part, trained), ranked, trained, known, end)]
    splits = []
    for year, firms in ranked.groupby(ranked["index_on"].dt.year):
        known = date(max(int(year) - 1, UNOBSERVED_THROUGH.year + 1), 12, 31)
        by = min(trained, known)
        splits.append(Split(_trained(phase2, by), _trained(phase1, by), firms, by, known, end))
    return splits


def _trained(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    early = (frame["index_year"] <= day.year) & (frame["index_on"] <= pd.Timestamp(day))
    # An index date years away from the index year contradicts itself: 6 % of the firms up to 2018, one of those later.
    consistent = (frame["index_on"].dt.year - frame["index_year"]).abs() <= 1
    return frame[early & consistent & frame["event_1m"].notna()]


def watch(frame: pd.DataFrame, through: date) -> tuple[Spells, Mask]:
    """Return the spells of the firms watched for at least a day up to ``through``, and which firms those are."""
    happened = (frame["event_on"] <= pd.Timestamp(through)).to_numpy()
    last = frame["event_on"].where(happened, pd.Timestamp(through))
    left = (last - frame["index_on"]).dt.days.to_numpy(np.float64)
    entered = (pd.Timestamp(UNOBSERVED_THROUGH) - frame["index_on"]).dt.days.clip(lower=0).to_numpy(np.float64)
    kept = left > entered
    return Spells(entered[kept], left[kept], happened[kept]), kept


def covariates(frame: pd.DataFrame, states: Iterable[str]) -> pd.DataFrame:
    """Return the history of awards, the agencies, the state and the sectors as numbers; NaN where not observed."""
    count, total, largest = (frame[name] for name in _HISTORY[:3])
    lag = frame.get(_LAG, pd.Series(np.nan, frame.index))
    others = ((total - largest) / (count - 1).clip(lower=1)).where(count > 1)
    columns = {
        "awards": np.log(count),
        "money": np.log(total.clip(lower=_LEAST_USD)),
        "largest": np.log(largest.clip(lower=_LEAST_USD)),
        "other_awards": np.log(others.clip(lower=_LEAST_USD)),
        "years": frame["years_first_to_index_days"] / 365.25,
        "years_log": np.log1p(frame["years_first_to_index_days"]),
        "agencies": frame["n_grantors_pre"],
        "years_with_awards": frame["n_active_years_pre"],
        "phase1_awards": np.log1p(frame["n_phase1_pre"]),
        "later_awards": np.log1p(count - frame["n_phase1_pre"]),
        "lag": np.log1p(lag.fillna(0)) if _LAG in frame else lag,
        "no_phase1": lag.isna() if _LAG in frame else lag,
        **{name: frame[name] for name in _AGENCIES},
        **{f"state_{state}": frame["state_at_index"] == state for state in states},
        **{name: frame[name] for name in frame if name.startswith("vc_")},
    }
    return pd.DataFrame(columns, index=frame.index).astype(np.float64)


def product_features(split: Split) -> pd.DataFrame:
    """Return littlegiants' own signals of the firms of Phase II on their index days, one row a firm of ``split``.

    The panel dates three awards of a firm at most (the first, the first of Phase I, the index award) without their
    amounts; rounds are those of the training firms known by the origin. The population stands still after the origin.
    """
    frame = pd.concat([split.phase2, split.ranked])
    firm_id = frame["index_on"].dt.strftime("%Y-%m-%d/") + frame["firm_id"]
    sectors = [name for name in frame if name.startswith("vc_")]
    firms = {
        "firm_id": firm_id,
        "country": "US",
        "region": frame["state_at_index"],
        "sectors": [";".join(np.array(sectors)[stated]) for stated in frame[sectors].to_numpy() > 0],
        "known_on": firm_id.str[:10],
    }
    back = {
        "index award": pd.Series(0, frame.index),
        "first of Phase I": frame[_LAG],
        "first": frame["years_first_to_index_days"],
    }
    awards = [_events(firm_id, frame["index_on"] - pd.to_timedelta(ago, unit="D"), name) for name, ago in back.items()]
    grants = pd.concat(awards).drop_duplicates(["firm_id", "happened_on"])
    known = split.phase2["event_on"][split.phase2["event_on"] <= pd.Timestamp(split.origin)]
    rounds = _events(firm_id[: len(split.phase2)].loc[known.index], known, "form d")
    tables = Tables.from_frames(
        {
            "firms": pd.DataFrame(firms),
            "grants": grants.rename(columns={"happened_on": "awarded_on", "event_id": "grant_id"}),
            "rounds": rounds.rename(columns={"happened_on": "announced_on", "event_id": "round_id"}).assign(
                kind="venture"
            ),
        }
    )
    return _on_index_days(tables, split.origin).loc[firm_id].set_index(frame.index)


def _events(firm_id: pd.Series, happened_on: pd.Series, event_id: str) -> pd.DataFrame:
    days = happened_on.dropna().dt.strftime("%Y-%m-%d")
    return pd.DataFrame({"firm_id": firm_id.loc[days.index], "happened_on": days, "event_id": event_id})


def _on_index_days(tables: Tables, origin: date) -> pd.DataFrame:
    """Return the signals of each firm on its index day, with which its id begins: firms of one day stand together."""
    population = Population.fit(tables, origin)
    days, first = np.unique([firm_id[:10] for firm_id in tables.firm_ids], return_index=True)
    matrices = [
        feature_matrix(tables.slice(low, high), date.fromisoformat(day), population)
        for day, low, high in zip(days, first, [*first[1:], len(tables)], strict=True)
    ]
    columns, values = matrices[0].names, np.concatenate([matrix.values for matrix in matrices])
    return pd.DataFrame(values, tables.firm_ids, columns).drop(columns=list(CATEGORICAL))
