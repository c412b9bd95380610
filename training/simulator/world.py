"""One simulated economy with its calendar and its money: every simulated table is written from it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.money import rates
from littlegiants.training.simulator.economy import LAST, START, Economy, Firms, Ints
from littlegiants.training.simulator.history import History
from littlegiants.training.simulator.names import CURRENCY_OF_COUNTRY, REGIONS

Days = npt.NDArray[np.datetime64]
Text = npt.NDArray[np.object_]
Columns = dict[str, npt.NDArray[np.generic]]

END = (START + LAST + 1).astype("datetime64[D]") - 1  # the last observed day
_GRANT_USD = np.array([50e3, 180e3, 450e3, 1.0e6])  # medians by level


@dataclass(frozen=True, slots=True)
class World:
    """One economy after it was played.

    Attributes
    ----------
    economy, firms, history
        Parameters, the n firms, and their history.
    firm_id, country, currency
        Ids, seats and home currencies, each (n,).
    grant_on, grant_level, grant_usd
        Day, index into the contract's levels and US dollars of each grant of the history.
    """

    economy: Economy
    firms: Firms
    history: History
    firm_id: Text
    country: Text
    currency: Text
    grant_on: Days
    grant_level: Ints
    grant_usd: Floats

    def months_alive(self) -> Ints:
        """Return each firm's number of whole months in which it could act, (n,)."""
        return np.maximum(np.minimum(self.history.left, LAST + 1) - self.firms.born - 1, 0)


def materialise(economy: Economy, firms: Firms, history: History, rng: np.random.Generator) -> World:
    """Give the firms of a simulated economy their ids, and its grants their days and amounts.

    Parameters
    ----------
    economy
        The economy's settings.
    firms, history
        The firms, and what happened to them.
    rng
        The source of chance.
    """
    country = np.array([r.country for r in REGIONS], object)[firms.region]
    grants = history.grants
    level = _grant_levels(grants.mark, country[grants.firm], rng)
    return World(
        economy=economy,
        firms=firms,
        history=history,
        firm_id=numbered("F", rng.permutation(len(firms))),
        country=country,
        currency=np.array([CURRENCY_OF_COUNTRY.get(code, "EUR") for code in country], object),
        grant_on=day_in(grants.month, rng),
        grant_level=level,
        grant_usd=_GRANT_USD[level] * np.exp(0.4 * rng.standard_normal(len(level))),
    )


def _grant_levels(tier: Ints, country: Text, rng: np.random.Generator) -> Ints:
    """Draw each grant's level: the higher the tier, the higher the authority. Only Europe has a supranational one."""
    climb = tier[:, None] / 4
    shares = np.array([0.37, 0.33, 0.25, 0.05]) * (1 - climb) + np.array([0.10, 0.22, 0.48, 0.20]) * climb
    level = (rng.random(len(tier))[:, None] > shares.cumsum(axis=1)[:, :3]).sum(axis=1)
    return np.where((level == 3) & np.isin(country, ["CN", "US"]), 2, level)


def numbered(prefix: str, numbers: Ints) -> Text:
    """Return ids such as ``F000017``."""
    return np.array([f"{prefix}{number:06d}" for number in numbers.tolist()], object)


def day_in(month: Ints, rng: np.random.Generator) -> Days:
    """Draw a day within each month, counted from `START`."""
    first = (START + month).astype("datetime64[D]")
    length = ((START + month + 1).astype("datetime64[D]") - first).astype(np.int64)
    days: Days = first + (rng.random(len(month)) * length).astype(np.int64)
    return days


def later(days: Days, months: int | Ints) -> Days:
    """Return the same day so many months later; a 31st that does not exist runs on into the next month."""
    month = days.astype("datetime64[M]")
    moved: Days = (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    return moved


def in_home_currency(usd: Floats, currency: Text, days: Days) -> Floats:
    """Convert US dollars at the last yearly average published before the event, to whole thousands (at least one).

    Parameters
    ----------
    usd : ndarray, shape (n,)
        Amounts in US dollars.
    currency : ndarray, shape (n,)
        ISO 4217 code of each.
    days : ndarray, shape (n,)
        Day of each.
    """
    table = rates()
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    row = np.minimum(years - 1, table.index[-1]) - table.index[0]
    rate = np.ones(len(usd))
    for code in np.unique(currency[currency != "USD"]):
        own = currency == code
        rate[own] = table[code].to_numpy()[row[own]]
    thousands: Floats = np.maximum(np.rint(usd / rate / 1e3), 1) * 1e3
    return thousands
