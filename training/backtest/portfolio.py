"""What an investor would have had: n firms picked at each origin and held to the end of the label window.

The chance that luck explains the successes is exact at one origin, where picking n of the firms blindly gives a
hypergeometric number of successes (Fisher 1935). Over several origins it is that of independent blind picks, the
convolution. A scorer that picks a firm again while label windows overlap counts one success twice, which independent
picks seldom do: the more origins share, the more the chance over all of them is understated.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.stats import hypergeom

from littlegiants.ingest.arrays import Floats
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation.metrics import Labels

Draw = tuple[int, int, int]


class Holding(Result):
    """The picks of one origin.

    Attributes
    ----------
    as_of
        The origin.
    firms, successes
        Firms that could be picked, and successes among them.
    picked, hits
        Firms picked, and successes among those.
    """

    as_of: date
    firms: int
    successes: int
    picked: int
    hits: int


class BaselinePortfolio(Result):
    """What a baseline would have picked.

    Attributes
    ----------
    name
        Of the baseline.
    hits
        Successes among its picks, over all origins.
    luck
        Probability that blind picks would hold so many successes or more.
    advantage
        Hits of the model less hits of the baseline.
    chance
        Probability of such an advantage or more if it were by chance which of the two picked a success that only one
        of them picked (hypergeometric over the picks they do not share).
    """

    name: str
    hits: int
    luck: float
    advantage: int
    chance: float


class Portfolio(Result):
    """The same number of firms picked at each origin.

    Attributes
    ----------
    size
        Firms to pick at each origin; all of them where there are fewer.
    picked, hits, rate
        Firms picked over all origins, successes among them, and their share.
    expected, base_rate
        Successes that blind picks hold on average, and their share.
    luck
        Probability that blind picks would hold so many successes or more.
    holdings
        By origin.
    baselines
        By baseline.
    """

    size: int
    picked: int
    hits: int
    rate: float
    expected: float
    base_rate: float
    luck: float
    holdings: tuple[Holding, ...]
    baselines: tuple[BaselinePortfolio, ...] = Field(alias="rivals")  # the name in files


def simulate_portfolio(
    dates: Sequence[date],
    labels: Sequence[Labels],
    model: Sequence[Floats],
    baselines: Mapping[str, Sequence[Floats]],
    size: int,
    seed: int,
) -> Portfolio:
    """Pick the best firms at each origin and hold them.

    Parameters
    ----------
    dates, labels, model
        Of each origin: the date, the outcomes, and the model's scores.
    baselines
        Each baseline's scores at each origin.
    size
        Firms to pick at each origin.
    seed
        Of the order in which firms of one score are picked, which must not be that of the file.
    """
    picks = [_best(found, size, seed) for found in model]
    holdings = tuple(
        Holding(
            as_of=day,
            firms=len(outcome),
            successes=int(outcome.sum()),
            picked=len(rows),
            hits=int(outcome[rows].sum()),
        )
        for day, outcome, rows in zip(dates, labels, picks, strict=True)
    )
    picked, hits = sum(part.picked for part in holdings), sum(part.hits for part in holdings)
    expected = sum(part.picked * part.successes / part.firms for part in holdings)
    urns = [(part.firms, part.successes, part.picked) for part in holdings]
    return Portfolio(
        size=size,
        picked=picked,
        hits=hits,
        rate=hits / picked,
        expected=expected,
        base_rate=expected / picked,
        luck=luck(urns, hits),
        holdings=holdings,
        baselines=tuple(_baseline(name, labels, picks, found, urns, size, seed) for name, found in baselines.items()),
    )


def luck(urns: Sequence[Draw], hits: int) -> float:
    """Return the probability of at least so many successes in independent blind picks.

    Parameters
    ----------
    urns
        Of each draw: the firms, the successes among them, and how many are drawn.
    hits
        Successes over all draws.

    Examples
    --------
    >>> round(luck([(4, 2, 2), (4, 2, 2)], 4), 6)  # both of two among four, twice: 1/6 times 1/6
    0.027778
    """
    # SciPy has NaN for an urn without firms, such as the unshared picks of two who picked the same.
    parts = [hypergeom.pmf(np.arange(drawn + 1), firms, successes, drawn) for firms, successes, drawn in urns if drawn]
    spread: Floats = reduce(np.convolve, parts, np.ones(1))
    return float(np.clip(spread[hits:].sum(), 0.0, 1.0)) if hits > 0 else 1.0


def _best(scores: Floats, size: int, seed: int) -> npt.NDArray[np.int64]:
    order = np.random.default_rng(seed).permutation(len(scores))
    return order[np.argsort(-scores[order], kind="stable")][:size]


def _baseline(
    name: str,
    labels: Sequence[Labels],
    picks: Sequence[npt.NDArray[np.int64]],
    scores: Sequence[Floats],
    urns: Sequence[Draw],
    size: int,
    seed: int,
) -> BaselinePortfolio:
    theirs = [_best(found, size, seed) for found in scores]
    hits = sum(int(outcome[rows].sum()) for outcome, rows in zip(labels, theirs, strict=True))
    unshared, gained, lost = [], 0, 0
    for outcome, mine, other in zip(labels, picks, theirs, strict=True):
        won, missed = outcome[np.setdiff1d(mine, other)], outcome[np.setdiff1d(other, mine)]
        unshared.append((len(won) + len(missed), int(won.sum() + missed.sum()), len(won)))
        gained, lost = gained + int(won.sum()), lost + int(missed.sum())
    return BaselinePortfolio(
        name=name, hits=hits, luck=luck(urns, hits), advantage=gained - lost, chance=luck(unshared, gained)
    )
