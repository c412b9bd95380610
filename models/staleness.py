"""How stale a model is as of a date: what it could have learned by then, and did not.

The clock is the as-of date of the score request, never the day of the request: a job that is run again next year, or on
a machine whose clock is wrong, gives the same result. A label is complete one timespan after its as-of date, and the
newest complete window is held out to measure with; only what a model missed beyond that makes it stale.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from littlegiants.ingest.errors import StaleModelError
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.manifest import Manifest

WARN_MONTHS, STALE_MONTHS = 12.0, 24.0
_MONTH = 365.25 / 12


class Staleness(StrEnum):
    """How a model's age is judged."""

    FRESH = "fresh"
    AGEING = "ageing"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Age:
    """A model's age as of a date.

    Attributes
    ----------
    learned_by
        Last day whose knowledge went into the model.
    months
        How much older that is than it need be; 0 for a model that looks back.
    limit
        Months after which a model has expired.
    staleness
        Ageing is a warning, expired a refusal.
    """

    learned_by: date
    months: float
    limit: float
    staleness: Staleness

    def __str__(self) -> str:
        text = f"its newest labels were known by {self.learned_by}, {self.months:.0f} months older than they need be"
        if self.staleness is Staleness.FRESH:
            return text
        state = "it has expired" if self.staleness is Staleness.EXPIRED else "it is ageing"
        return f"{text}: {state}, {self.limit:.0f} are allowed"


def age(manifest: Manifest, as_of: date, warn: float = WARN_MONTHS, stale: float = STALE_MONTHS) -> Age:
    """Return how old a model is as of a date.

    Parameters
    ----------
    manifest
        The model's.
    as_of
        The as-of date of the firms, or the day by which the tables' outcomes are known.
    warn, stale
        Months after which a model is ageing, and has expired.
    """
    learned_by = manifest.dates.learned_by
    newest = LabelTimespan.parse(manifest.label.timespan).latest_before(as_of)
    months = max((newest - learned_by).days / _MONTH, 0.0)
    staleness = Staleness.EXPIRED if months > stale else Staleness.AGEING if months > warn else Staleness.FRESH
    return Age(learned_by, months, stale, staleness)


def check_age(manifest: Manifest, as_of: date, allowed: str = "") -> Age:
    """Return how old a model is as of a date, and refuse one that has expired.

    Parameters
    ----------
    manifest, as_of
        As of `age`.
    allowed
        Why an expired model may answer all the same; empty to refuse it.

    Raises
    ------
    StaleModelError
        If it has expired.
    """
    found = age(manifest, as_of)
    if found.staleness is Staleness.EXPIRED and not allowed:
        raise StaleModelError(f"the model is too old for firms as of {as_of}: {found}; train again")
    return found
