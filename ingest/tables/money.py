"""Money in one unit: US cents at a rate that was already published when the event happened.

The bundled rates are the yearly averages of the Federal Reserve's release G.5A (euro from 1999). An average is
published when its year has ended, so an event of 2015 is converted at the average of 2014. For other currencies or
closer rates, a user adds a table of dated rates (`littlegiants.ingest.tables.exchange_rates`): an event is then
converted at the last rate published on or before its own day, and at the bundled one where none had been. No conversion
needs anything published later, and a converted amount never changes afterwards. A rate that is too old is not used
(`STALE_YEARS`, `STALE_DAYS`).

Amounts stay as paid unless a base year is chosen. In constant prices they are multiplied by the ratio of the consumer
prices (`data/cpi_yearly.csv`) of the year before the base year to those of the year before the event: what was paid in
the base year stays as it is, and here too nothing is needed that was published later.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.days import Days, day_number, span_of

STALE_YEARS = 3  # of bundled averages
STALE_DAYS = 400  # of supplied rates: one a year still serves until the next is out
MAX_CENTS = 10**15
BUNDLED = "bundled"

Years = npt.NDArray[np.int64]


@cache
def rates() -> pd.DataFrame:
    """Return the bundled yearly averages: index year, one column a currency, US dollars for one unit."""
    return _yearly("fx_yearly.csv")


@cache
def prices() -> pd.Series:
    """Return the bundled yearly averages of US consumer prices: index year, 1982-84 = 100."""
    return _yearly("cpi_yearly.csv")["index"]


def currencies() -> tuple[str, ...]:
    """Return the ISO 4217 codes that can be converted without a table of rates."""
    return ("USD", *rates().columns)


def to_cents(amounts: Floats, currency: npt.NDArray[np.object_], years: Years) -> Floats:
    """Convert amounts to whole US cents at the bundled rates.

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
    codes, names = pd.factorize(currency)
    return whole_cents(amounts, _bundled_usd(codes, names, years))


def whole_cents(amounts: Floats, usd: Floats) -> Floats:
    """Return amounts at so many US dollars a unit as whole cents."""
    with np.errstate(over="ignore"):  # an amount near 10^308 becomes infinite here and is quarantined as too large
        cents: Floats = np.rint(amounts * usd * 100)
    return cents


@dataclass(frozen=True, slots=True)
class MoneyRule:
    """How amounts were converted: two sets of tables can be compared only if they have the same rule.

    Attributes
    ----------
    rates
        ``bundled``, or the SHA-256 of the supplied rates published by the day that the rule is for.
    constant_prices
        The base year, or None for amounts as paid.
    """

    rates: str = BUNDLED
    constant_prices: int | None = None

    def __str__(self) -> str:
        rates = "the bundled rates" if self.rates == BUNDLED else f"a table of rates ({self.rates[:12]})"
        return f"{rates}, {f'prices of {self.constant_prices}' if self.constant_prices else 'amounts as paid'}"


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """What amounts are converted with.

    Attributes
    ----------
    supplied
        For each currency the days on which a rate was published, ascending, and the US dollars for one unit; None
        without a table of rates.
    constant_prices
        The base year of constant prices, or None for amounts as paid.

    Raises
    ------
    ConfigError
        On construction, if no price index had been published by the base year.
    """

    supplied: Mapping[str, tuple[Days, Floats]] | None = field(default=None, repr=False)
    constant_prices: int | None = None

    def __post_init__(self) -> None:
        base, first = self.constant_prices, int(prices().index[0]) + 1
        last = int(prices().index[-1]) + STALE_YEARS
        if base is not None and not first <= base <= last:
            raise ConfigError(f"constant_prices is {base}; choose a year from {first} to {last}, or none")

    @property
    def currencies(self) -> tuple[str, ...]:
        """The codes that can be converted at all."""
        return tuple(dict.fromkeys((*currencies(), *(self.supplied or ()))))

    def usd(self, currency: npt.NDArray[np.object_], days: npt.NDArray[np.int64]) -> Floats:
        """Return the US dollars for one unit on each event's day; NaN where no rate, or none fresh enough, was out.

        Parameters
        ----------
        currency, days : ndarray, shape (rows,)
            ISO 4217 codes, and day numbers of the events.
        """
        return self.usd_of(*pd.factorize(currency), days)

    def usd_of(
        self, codes: npt.NDArray[np.integer], names: npt.NDArray[np.object_], days: npt.NDArray[np.integer]
    ) -> Floats:
        """Return what `usd` does, for currencies as codes of their names: each day is looked up once.

        Parameters
        ----------
        codes, names, days : ndarray
            Each row's place among the names, the ISO 4217 codes, and each row's day number.
        """
        every, indices = span_of(days)
        number = np.arange(len(names))
        usd = _bundled_usd(np.repeat(number, len(every)), names, np.tile(years_of(every), len(names)))
        usd = usd.reshape(len(names), len(every))
        for code, name in enumerate(names):
            if self.supplied is not None and name in self.supplied:
                published, rate = self.supplied[name]
                last = np.searchsorted(published, every, side="right") - 1
                fresh = np.where(every - published[last] <= STALE_DAYS, rate[last], np.nan)
                usd[code] = np.where(last >= 0, fresh, usd[code])
        found: Floats = usd[codes, indices]
        return found

    def deflator(self, days: npt.NDArray[np.int64]) -> Floats:
        """Return what an amount of each day is multiplied by to stand in prices of the base year; NaN without index."""
        if self.constant_prices is None:
            return np.ones(len(days))
        every, indices = span_of(days)
        index, rows, usable = prices().to_numpy(), *_published(prices().index, years_of(every))
        (base,), _ = _published(prices().index, np.array([self.constant_prices]))
        return np.where(usable, index[base] / index[rows], np.nan)[indices]

    def known_by(self, day: date) -> "Money":
        """Return the money of that day: rates published later are gone."""
        if self.supplied is None:
            return self
        ends = {code: np.searchsorted(days, day_number(day), "right") for code, (days, _) in self.supplied.items()}
        some = {code: (days[: ends[code]], usd[: ends[code]]) for code, (days, usd) in self.supplied.items()}
        return Money({code: series for code, series in some.items() if len(series[0])}, self.constant_prices)

    def rule(self, day: date) -> MoneyRule:
        """Return the rule of that day, so that rates added to a table later do not make another one of it."""
        supplied = self.known_by(day).supplied
        if supplied is None:
            return MoneyRule(BUNDLED, self.constant_prices)
        digest = hashlib.sha256()
        for code, (days, usd) in sorted(supplied.items()):
            digest.update(f"\0{code}\0{len(days)}\0".encode())
            digest.update(days.astype("<i4").tobytes() + usd.astype("<f8").tobytes())
        return MoneyRule(digest.hexdigest(), self.constant_prices)


def years_of(days: npt.NDArray[np.int64]) -> Years:
    """Return the calendar years of day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _yearly(name: str) -> pd.DataFrame:
    with files("littlegiants.ingest.tables").joinpath(f"data/{name}").open(encoding="utf-8") as file:
        return pd.read_csv(file, index_col="year", comment="#")


def _published(index: pd.Index, years: Years) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return for each year the index of the last average published before it, and whether that can be used."""
    first, last = int(index[0]), int(index[-1])
    published = np.minimum(years - 1, last)
    usable = (published >= first) & (years - 1 - published < STALE_YEARS)
    return np.maximum(published - first, 0), usable


def _bundled_usd(codes: npt.NDArray[np.int64], names: npt.NDArray[np.object_], years: Years) -> Floats:
    factor = np.full(len(codes), np.nan)
    table = rates()
    rows, usable = _published(table.index, years)
    for code, name in enumerate(names):
        own = codes == code
        if name == "USD":
            factor[own] = 1.0
        elif name in table.columns:
            own &= usable
            factor[own] = table[name].to_numpy()[rows[own]]
    return factor
