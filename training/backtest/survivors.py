"""Whether the measured firms include those that closed or left: a cohort of survivors flatters every figure."""

from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import fisher_exact

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.contract import OUTCOME_KINDS
from littlegiants.ingest.tables.days import NEVER, NO_DAY, day_number
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training.backtest.result import Result

Verdict = Literal["fine", "survivors only", "no closures", "not observed"]
_CHANCE = 0.01


class CohortCheck(Result):
    """The measured firms of an origin against all firms at risk in the tables.

    Attributes
    ----------
    as_of
        The origin.
    at_risk, measured
        Firms at risk in the tables whose exit is not known to lie earlier, and those of them that were measured.
    closed_at_risk, closed_measured
        How many of each closed within the label window.
    left_at_risk, left_measured
        How many of each closed, were acquired or listed within it.
    chance
        Probability that firms left out at random would hold so many of the closed ones (Fisher 1935, one-sided).
    verdict
        ``survivors only`` when ``chance`` is below 1 %; ``no closures`` when the tables date none within the window, so
        that the dead are missing or cannot be told from the living; ``not observed`` without a table of outcomes.
    note
        The verdict in words.
    """

    as_of: date
    at_risk: int
    measured: int
    closed_at_risk: int
    closed_measured: int
    left_at_risk: int
    left_measured: int
    chance: float
    verdict: Verdict
    note: str


def check_cohort(
    tables: Tables,
    as_of: date,
    timespan: LabelTimespan,
    require_round: bool,
    measured: npt.NDArray[np.object_],
) -> CohortCheck:
    """Compare the measured firms with the tables.

    Parameters
    ----------
    tables
        All rows, with all that is known today.
    as_of, timespan
        The origin and its label window.
    require_round
        Whether only firms with a round are at risk.
    measured
        Ids of the firms that were measured.
    """
    firms = cohort(Snapshot(tables, as_of), require_round)
    start, end = day_number(as_of), day_number(timespan.end(as_of))
    firms = firms[~_leaving(tables, NO_DAY, start)[firms]]
    closed = _leaving(tables, start, end, ("closure",))[firms]
    left = _leaving(tables, start, end)[firms]
    inside = among(tables.firm_ids[firms], measured)
    counts = [int((closed & ~inside).sum()), int((~closed & ~inside).sum())]
    counts += [int((closed & inside).sum()), int((~closed & inside).sum())]
    chance = float(fisher_exact([counts[:2], counts[2:]], "greater").pvalue)
    verdict, note = _judge(tables, closed, closed & inside, inside, chance)
    return CohortCheck(
        as_of=as_of,
        at_risk=len(firms),
        measured=int(inside.sum()),
        closed_at_risk=int(closed.sum()),
        closed_measured=int((closed & inside).sum()),
        left_at_risk=int(left.sum()),
        left_measured=int((left & inside).sum()),
        chance=chance,
        verdict=verdict,
        note=note,
    )


def _judge(
    tables: Tables,
    closed: npt.NDArray[np.bool_],
    measured: npt.NDArray[np.bool_],
    inside: npt.NDArray[np.bool_],
    chance: float,
) -> tuple[Verdict, str]:
    if tables.events["outcomes"] is None:
        return "not observed", "there is no table of outcomes, so nobody can say whether closed firms are missing"
    if not closed.any():
        return "no closures", f"none of {len(closed):,} firms at risk has a dated closure: who died cannot be told"
    shares = (
        f"{measured.sum():,} of {inside.sum():,} measured firms closed, {closed.sum():,} of {len(closed):,} at risk"
    )
    if chance < _CHANCE:
        return "survivors only", f"{shares}: those left out are the dead"
    return "fine", shares


def _leaving(tables: Tables, start: int, end: int, kinds: tuple[str, ...] = OUTCOME_KINDS) -> npt.NDArray[np.bool_]:
    """Say of every firm whether an outcome of these kinds happened to it in ``(start, end]``, as finally known."""
    found = np.zeros(len(tables), bool)
    rows = tables.events["outcomes"]
    if rows is not None:
        wanted = np.isin(np.asarray(rows.columns["kind"], np.int64), [OUTCOME_KINDS.index(kind) for kind in kinds])
        within = (rows.day > start) & (rows.day <= end) & (rows.superseded == NEVER)
        found[rows.firm[wanted & within]] = True
    return found
