"""Small played economies that several test modules look at; each is played once a test process."""

from functools import cache

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.economy import Economy, Firms
from littlegiants.training.simulator.founding import draw_firms, draw_heat
from littlegiants.training.simulator.history import History, play
from littlegiants.training.simulator.world import World, materialise


@cache
def played(
    count: int = 4_000, seed: int = 3, economy: Economy | None = None, keep: tuple[int, ...] = ()
) -> tuple[Firms, Floats, History]:
    """Firms, heat and history of an economy."""
    economy = economy or Economy()
    rng = np.random.default_rng(seed)
    firms, heat = draw_firms(economy, count, rng), draw_heat(economy, rng)
    return firms, heat, play(economy, heat, firms, keep, rng)


@cache
def materialised(count: int = 4_000, seed: int = 3) -> World:
    """World of an economy."""
    firms, _, history = played(count, seed)
    return materialise(Economy(), firms, history, np.random.default_rng(seed))


def month_of(days):
    """Months since January 2003 of dates."""
    return days.astype("datetime64[M]").astype(int) - np.datetime64("2003-01", "M").astype(int)


def rough_usd(columns):
    """US dollars by the rates that the simulation itself does not use: those of the event's own year, from memory."""
    year = columns["announced_on"].astype("M8[Y]").astype(int) + 1970
    euro = np.interp(year, [2003, 2008, 2015, 2025], [1.13, 1.47, 1.11, 1.12])
    yuan = np.interp(year, [2003, 2005, 2013, 2025], [1 / 8.28, 1 / 8.19, 1 / 6.2, 1 / 7.2])
    rate = np.select([columns["currency"] == "EUR", columns["currency"] == "CNY"], [euro, yuan], 1.0)
    return columns["amount"] * rate


def firm_rows(columns):
    """Position in the materialised world of each row's firm."""
    place = {firm: row for row, firm in enumerate(materialised().firm_id)}
    return np.array([place[firm] for firm in columns["firm_id"]])
