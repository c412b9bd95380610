"""Whether withholding helps: what the probabilities are worth among the firms that would still be answered for.

The risk-coverage curve (El-Yaniv and Wiener 2010) with the Brier score as the risk. A low base rate alone lowers the
Brier score, and narrow intervals are found at low probabilities, so that each point also has the skill: how much better
the Brier score is than that of always saying the kept firms' own base rate.
"""

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation.metrics import Labels

STEPS = 20
ANSWERED = "answered"


class RiskPoint(Result):
    """The firms kept at one coverage.

    Attributes
    ----------
    coverage, rows
        Share and number of the rows that are kept.
    rate, predicted
        Share of successes and mean probability among them.
    brier
        Their Brier score: the risk.
    skill
        1 less the Brier score over that of their own base rate; None where all kept rows have the same outcome.
    """

    coverage: float
    rows: int
    rate: float
    predicted: float
    brier: float
    skill: float | None


class ReasonGroup(Result):
    """The rows that are withheld for one reason, or `ANSWERED`; ``point`` has their share and what came of them."""

    reason: str
    point: RiskPoint


class Abstention(Result):
    """What withholding does.

    Attributes
    ----------
    by_width
        Coverage from 1/20 to 1, the narrowest intervals kept first, equally wide ones in random order.
    area
        Mean risk over the curve.
    excess
        ``area`` less the risk of keeping all: below zero, the width tells where the model errs.
    reasons
        Rows answered, and withheld by reason, as serving would have done.
    """

    by_width: tuple[RiskPoint, ...]
    area: float
    excess: float
    reasons: tuple[ReasonGroup, ...]


def abstention(
    labels: Labels, probabilities: Floats, width: Floats, reasons: npt.NDArray[np.object_], seed: int
) -> Abstention:
    """Measure what is kept when the widest intervals, or the firms with a reason, are withheld.

    Parameters
    ----------
    labels, probabilities, width, reasons
        Outcome, probability, width of the interval and reason for withholding (empty for none) of each row, (n,).
    seed
        Of the order among equally wide intervals, which must not be that of the file.
    """
    turned = np.random.default_rng(seed).permutation(len(labels))
    order = turned[np.argsort(width[turned], kind="stable")]
    kept = sorted({max(round(len(order) * step / STEPS), 1) for step in range(1, STEPS + 1)})
    points = tuple(_point(order[:rows], labels, probabilities) for rows in kept)
    area = float(np.mean([point.brier for point in points]))
    groups = tuple(
        ReasonGroup(reason=reason or ANSWERED, point=_point(np.flatnonzero(reasons == reason), labels, probabilities))
        for reason in sorted(set(reasons.tolist()))
    )
    return Abstention(by_width=points, area=area, excess=area - points[-1].brier, reasons=groups)


def _point(rows: npt.NDArray[np.int64], labels: Labels, probabilities: Floats) -> RiskPoint:
    outcome, chance = labels[rows], probabilities[rows]
    # By hand: the rows of one reason may all have the same outcome, which the library refuses.
    rate, brier = float(outcome.mean()), float(((chance - outcome) ** 2).mean())
    return RiskPoint(
        coverage=len(rows) / len(labels),
        rows=len(rows),
        rate=rate,
        predicted=float(chance.mean()),
        brier=brier,
        skill=1 - brier / (rate * (1 - rate)) if 0 < rate < 1 else None,
    )
