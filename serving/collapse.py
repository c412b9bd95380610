"""Scores that are the same for all firms: something broke in the tables, the signals or the model, not in the firms."""

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import CollapseError

# Fewer firms can be alike by chance; cohorts of this size in trainings never were.
FIRMS = 50
SAME_SHARE, SPREAD = 0.95, 0.05
_TINY = 1e-9


def check_spread(market: Floats) -> None:
    """Refuse a batch whose firms all get nearly the same probability.

    Parameters
    ----------
    market : ndarray, shape (n,)
        P(market) of a batch, NaN where it was withheld; fewer than `FIRMS` numbers are not judged.

    Raises
    ------
    CollapseError
        If more than 95 % of the firms share one probability, or 90 % of them lie within 0.05 of log-odds.
    """
    given = market[~np.isnan(market)]
    if len(given) < FIRMS:
        return
    same = int(np.unique(given, return_counts=True)[1].max())
    clipped = np.clip(given, _TINY, 1 - _TINY)
    low, high = np.percentile(np.log(clipped / (1 - clipped)), (5, 95))
    if same > SAME_SHARE * len(given):
        what = f"{same:,} of {len(given):,} firms get one and the same probability"
    elif high - low < SPREAD:
        what = f"of {len(given):,} firms 90 % lie within {high - low:.3f} of log-odds of each other"
    else:
        return
    raise CollapseError(
        f"{what}, which tells no firm from another; look at the tables by `giants audit`, and score by the model before"
    )
