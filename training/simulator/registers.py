"""The simulated tables that registers and offices keep: firms, patents, recognitions and outcomes."""

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.economy import LAST, Ints
from littlegiants.training.simulator.history import EXITS
from littlegiants.training.simulator.names import CLASSES, REGIONS, SECTORS, name_and_website
from littlegiants.training.simulator.world import END, Columns, Text, World, day_in, in_home_currency, later, numbered

_SCHEMES = {
    "CN": ("Innovative SME", "Specialised and Sophisticated SME", "Little Giant", "Manufacturing Single Champion"),
    "US": ("Emerging Innovator List", "State Technology Award", "National Innovation Medal", "Market Leader Index"),
    "EU": ("Innovative SME Label", "Regional Innovation Award", "National Innovation Prize", "Hidden Champion Index"),
}
_TERM = 36  # months for which a recognition is given
_RENEWED = 0.9


def firms(world: World, rng: np.random.Generator) -> Columns:
    """Return the register of firms, ordered by id."""
    order = np.argsort(world.firm_id)
    traits = world.firms.take(order)
    seats = [REGIONS[index] for index in traits.region]
    founded = day_in(traits.born, rng)
    named = [
        name_and_website(seat, sector, serial, rng)
        for serial, (seat, sector) in enumerate(zip(seats, traits.sectors[:, 0].tolist(), strict=True))
    ]
    return {
        "firm_id": world.firm_id[order],
        "name": np.array([name for name, _ in named], object),
        "country": np.array([seat.country for seat in seats], object),
        "region": np.array([seat.region for seat in seats], object),
        "city": np.array([seat.city for seat in seats], object),
        "founded_on": founded,
        "sectors": np.array([";".join(SECTORS[s] for s in row if s < len(SECTORS)) for row in traits.sectors], object),
        "website": np.array([website for _, website in named], object),
    }


def patents(world: World, rng: np.random.Generator) -> Columns:
    """Return the patents published by the end: 18 months after filing, plus the days until the next gazette."""
    propensity = np.linspace(-0.3, 0.3, len(SECTORS))[world.firms.sectors[:, 0]]
    rate = 1.15 * np.exp(0.7 * world.firms.quality + propensity)  # filings a year
    months = world.months_alive()
    count = rng.poisson(rate / 12 * months)
    firm = np.repeat(np.arange(len(count)), count)
    filed = day_in(world.firms.born[firm] + 1 + (rng.random(len(firm)) * months[firm]).astype(np.int64), rng)
    published = later(filed, 18) + rng.integers(0, 14, size=len(firm))
    granted = later(filed, rng.integers(24, 55, size=len(firm)))
    quality = world.firms.quality[firm]
    granted[(rng.random(len(firm)) > 0.55 + 0.05 * np.clip(quality, -3, 3)) | (granted > END)] = np.datetime64("NaT")
    classes, cited = _classes(world.firms.sectors[firm], rng), rng.poisson(0.8 * np.exp(0.3 * quality))
    seen = np.flatnonzero(published <= END)
    seen = seen[np.lexsort((firm[seen], filed[seen]))]
    return {
        "firm_id": world.firm_id[firm[seen]],
        "patent_id": numbered("P", np.arange(len(seen))),
        "filed_on": filed[seen],
        "published_on": published[seen],
        "granted_on": granted[seen],
        "classes": classes[seen],
        "citations": cited[seen].astype(float),
    }


def _classes(sectors: Ints, rng: np.random.Generator) -> Text:
    """Draw one or two CPC classes a patent, from any of the firm's sectors."""
    known = (sectors < len(SECTORS)).sum(axis=1)
    pick = sectors[np.arange(len(sectors)), (rng.random(len(sectors)) * known).astype(np.int64)]
    forms = np.array([(first, second, f"{first};{second}") for first, second in CLASSES], object)
    chosen: Text = forms[pick, rng.choice(3, size=len(pick), p=[0.5, 0.25, 0.25])]
    return chosen


def recognitions(world: World, rng: np.random.Generator) -> Columns:
    """Return the recognitions: each climb, renewed every three years until that fails or a higher tier comes."""
    climbs = world.history.climbs
    until = np.minimum(world.history.left[climbs.firm], LAST + 1)
    order = np.lexsort((climbs.month, climbs.firm))
    followed = climbs.firm[order][1:] == climbs.firm[order][:-1]
    until[order[:-1][followed]] = climbs.month[order[1:][followed]]
    rows, months = [np.arange(len(until))], [climbs.month]
    held = np.ones(len(until), bool)
    for term in range(1, LAST // _TERM + 1):
        held &= (climbs.month + term * _TERM < until) & (rng.random(len(until)) < _RENEWED)
        rows.append(np.flatnonzero(held))
        months.append(climbs.month[held] + term * _TERM)
    row, month = np.concatenate(rows), np.concatenate(months)
    awarded = day_in(month, rng)
    order = np.lexsort((climbs.firm[row], awarded))
    row, awarded = row[order], awarded[order]
    firm, tier = climbs.firm[row], climbs.mark[row]
    group = np.where(np.isin(world.country[firm], ["CN", "US"]), world.country[firm], "EU")
    return {
        "firm_id": world.firm_id[firm],
        "scheme": np.array([_SCHEMES[g][t - 1] for g, t in zip(group, tier, strict=True)], object),
        "tier": tier.astype(float),
        "awarded_on": awarded,
        "expires_on": later(awarded, _TERM),
    }


def outcomes(world: World, rng: np.random.Generator) -> Columns:
    """Return how firms left. Half of all prices of acquisitions stay secret."""
    exits, closures = world.history.exits, world.history.closures
    firm, month = np.concatenate([exits.firm, closures.firm]), np.concatenate([exits.month, closures.month])
    closed = np.full(len(closures.firm), "closure", object)
    kind = np.concatenate([np.array(EXITS, object)[exits.mark], closed])
    day = day_in(month, rng)
    usd: Floats = 30e6 * np.exp(0.5 * world.firms.quality[firm] + 0.8 * rng.standard_normal(len(firm)))
    amount = in_home_currency(usd * np.where(kind == "ipo", 3, 1), world.currency[firm], day)
    secret = (kind == "closure") | ((kind == "acquisition") & (rng.random(len(firm)) < 0.5))
    order = np.lexsort((firm, day))
    return {
        "firm_id": world.firm_id[firm][order],
        "happened_on": day[order],
        "kind": kind[order],
        "amount": np.where(secret, np.nan, amount)[order],
        "currency": np.where(secret, "", world.currency[firm]).astype(object)[order],
    }
