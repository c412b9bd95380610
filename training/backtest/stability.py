"""Whether a reason holds in other fits of the same recipe: attributions across reseeded and shifted fits.

*Reseeded* fits differ from the model in the seed of row and column sampling only. *Shifted* is the model of the origin
before, scoring the same firms. A reason that such fits do not confirm says more about the fit than about the firm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from littlegiants.features.matrix import FAMILIES, FEATURES
from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.reasons import SHOWN
from littlegiants.training.backtest.result import Result

Kind = Literal["reseeded", "shifted"]
_KINDS: tuple[Kind, ...] = ("reseeded", "shifted")
# A reason is confirmed by a fit that has it among its first six, with the same sign.
FIRST = 2 * SHOWN
CONFIRMED = 0.8
LEAST_SHOWN = 20
RULE = (
    f"unstable: shown to at least {LEAST_SHOWN} firms, and in less than {CONFIRMED:.0%} of the cases among the first "
    f"{FIRST} reasons of the reseeded fits, or of the shifted one, with the same sign"
)
_FAMILY_OF = {builder.__name__: family for family, module in FAMILIES.items() for builder in module.COLUMNS}


class FitAgreement(Result):
    """One other fit against the model.

    Attributes
    ----------
    kind, name
        ``reseeded`` with its seed, or ``shifted`` with its origin.
    rank_correlation
        Spearman's, of the mean absolute points of the signals that at least one of the two uses; None for fewer than
        three of them.
    overlap
        Mean share of a firm's `SHOWN` strongest reasons that are among the other fit's `SHOWN` strongest.
    """

    kind: Kind
    name: str
    rank_correlation: float | None
    overlap: float


class ReasonStability(Result):
    """One signal as a reason.

    Attributes
    ----------
    name, family
        The signal and its family.
    points, spread
        Mean absolute points in the model, and the standard deviation of this mean over all fits, the model's included.
    shown
        Firms that have it among their `SHOWN` strongest reasons.
    reseeded, shifted
        Share of these that other fits confirm; None where it is shown to nobody, or there is no such fit.
    unstable
        By `RULE`.
    """

    name: str
    family: str
    points: float
    spread: float
    shown: int
    reseeded: float | None
    shifted: float | None
    unstable: bool


class Stability(Result):
    """Attributions at the newest origin across fits.

    Attributes
    ----------
    as_of, firms
        The origin, and how many of its firms were explained.
    rule
        What makes a reason unstable.
    fits
        Agreement of each other fit with the model.
    families
        Mean absolute points by family of signals: of the sums within the family.
    reasons
        Every signal that any fit uses, strongest first.
    unstable
        The signals whose reasons should not be shown.
    """

    as_of: date
    firms: int
    rule: str
    fits: tuple[FitAgreement, ...]
    families: dict[str, float]
    reasons: tuple[ReasonStability, ...]
    unstable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """The points of the same firms by one fit, (n, k)."""

    kind: Kind
    name: str
    points: Floats


def compare_points(as_of: date, own: Floats, others: Sequence[Explained]) -> Stability:
    """Compare points of the same firms.

    Parameters
    ----------
    as_of
        The as-of date of the firms.
    own : ndarray, shape (n, k)
        Points by the model, in the order of the signals.
    others
        Points by other fits.
    """
    means = np.array([np.abs(own).mean(axis=0), *(np.abs(other.points).mean(axis=0) for other in others)])
    top = _order(own)[:, :SHOWN]
    shown = np.bincount(top.ravel(), minlength=own.shape[1])
    shares = {kind: _confirmed(own, top, [o.points for o in others if o.kind == kind]) for kind in _KINDS}
    used = [int(column) for column in np.argsort(-means[0], kind="stable") if means[:, column].any()]
    reasons = tuple(_reason(column, means[:, column], int(shown[column]), shares) for column in used)
    return Stability(
        as_of=as_of,
        firms=len(own),
        rule=RULE,
        fits=tuple(_agreement(other, own, top) for other in others),
        families=_families(own),
        reasons=reasons,
        unstable=tuple(reason.name for reason in reasons if reason.unstable),
    )


def _order(score_points: Floats) -> npt.NDArray[np.int64]:
    return np.argsort(-np.abs(score_points), axis=1, kind="stable")


def _confirmed(own: Floats, top: npt.NDArray[np.int64], others: list[Floats]) -> Floats | None:
    """Return for each signal the share of the cases in which it is shown that the other fits confirm; NaN for none."""
    if not others:
        return None
    said, agreed = np.zeros(own.shape[1]), np.zeros(own.shape[1])
    for other in others:
        place = np.argsort(_order(other), axis=1)
        among = np.take_along_axis(place, top, 1) < FIRST
        same = np.sign(np.take_along_axis(own, top, 1)) == np.sign(np.take_along_axis(other, top, 1))
        said += np.bincount(top.ravel(), minlength=len(said))
        agreed += np.bincount(top.ravel(), (among & same).ravel(), minlength=len(said))
    return np.where(said > 0, agreed / np.maximum(said, 1), np.nan)


def _reason(column: int, means: Floats, shown: int, shares: dict[Kind, Floats | None]) -> ReasonStability:
    found: dict[Kind, float | None] = {}
    for kind, share in shares.items():
        found[kind] = None if share is None or np.isnan(share[column]) else float(share[column])
    low = [share for share in found.values() if share is not None and share < CONFIRMED]
    return ReasonStability(
        name=FEATURES[column],
        family=_FAMILY_OF[FEATURES[column]],
        points=float(means[0]),
        spread=float(means.std()),
        shown=shown,
        reseeded=found["reseeded"],
        shifted=found["shifted"],
        unstable=shown >= LEAST_SHOWN and bool(low),
    )


def _agreement(other: Explained, own: Floats, top: npt.NDArray[np.int64]) -> FitAgreement:
    theirs = _order(other.points)[:, :SHOWN]
    overlap = (top[:, :, None] == theirs[:, None, :]).any(axis=2).mean()
    ours, means = np.abs(own).mean(axis=0), np.abs(other.points).mean(axis=0)
    # Signals that neither uses agree by having nothing to say; counted in, they would flatter the correlation.
    used = (ours > 0) | (means > 0)
    correlation = float(spearmanr(ours[used], means[used]).statistic) if used.sum() > 2 else None
    return FitAgreement(kind=other.kind, name=other.name, rank_correlation=correlation, overlap=float(overlap))


def _families(own: Floats) -> dict[str, float]:
    family = np.array([_FAMILY_OF[name] for name in FEATURES], object)
    return {name: float(np.abs(own[:, family == name].sum(axis=1)).mean()) for name in FAMILIES}
