"""Money in one unit: US cents at the yearly average rate that was already published when the event happened.

Source: Federal Reserve release G.5A (annual average rates; euro from 1999). An average is published when its year has
ended, so an event of 2015 is converted at the average of 2014: no conversion ever needs a later day's knowledge, and a
converted amount never changes afterwards. A rate older than `STALE_YEARS` is not used.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

STALE_YEARS = 3
MAX_CENTS = 10**15


@cache
def rates() -> pd.DataFrame:
    """Return the bundled yearly averages: index year, one column a currency, US dollars for one unit."""
    with files("littlegiants.features").joinpath("data/fx_yearly.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="year")


def currencies() -> tuple[str, ...]:
    """Return the ISO 4217 codes that can be converted."""
    return ("USD", *rates().columns)


def to_cents(
    amounts: npt.NDArray[np.float64], currency: npt.NDArray[np.object_], years: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Convert amounts to whole US cents.

    Parameters
    ----------
    amounts
        In units of ``currency``; NaN where not known.
    currency
        ISO 4217 codes, each one of `currencies`.
    years
        Calendar year of each event.

    Returns
    -------
    ndarray of float64
        Whole cents; NaN where the amount is NaN or no rate had been published in the `STALE_YEARS` before.

    Examples
    --------
    >>> to_cents(np.array([100.0]), np.array(["EUR"], object), np.array([2016]))
    array([11096.])
    """
    factor = np.full(len(amounts), np.nan)
    factor[currency == "USD"] = 1.0
    table = rates()
    first, last = int(table.index[0]), int(table.index[-1])
    published = np.minimum(years - 1, last)
    usable = (published >= first) & (years - 1 - published < STALE_YEARS)
    for code in table.columns:
        rows = (currency == code) & usable
        factor[rows] = table[code].to_numpy()[published[rows] - first]
    with np.errstate(over="ignore"):  # an amount near 10^308 becomes infinite here and is quarantined as too large
        cents: npt.NDArray[np.float64] = np.rint(amounts * factor * 100)
    return cents
