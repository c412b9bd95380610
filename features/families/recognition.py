"""Recognition: which official title a firm holds, how it climbed there, and whether it kept it.

Tiers: 1 innovative SME, 2 provincial specialised firm, 3 national "little giant", 4 single champion. A title is held up
to and including its ``expires_on``; where that is not stated, three years from its award, the term of the Chinese
ministry's measures for the tiered cultivation of high-quality SMEs (MIIT 2022, no. 63).
"""

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio, zero_filled
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.funding import private_rounds
from littlegiants.features.families.text_columns import distinct
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import TITLE_MONTHS
from littlegiants.ingest.tables.days import add_months

_TIERS = 4
_SPAN = 2.0**22  # days; more than lie between any two dates


def _last_days(s: Snapshot) -> Floats:
    """Return the last day of each title seen."""
    return s.shared(_read_last_days)


def _read_last_days(s: Snapshot) -> Floats:
    last = s.recognitions.days("expires_on")
    unstated = np.isnan(last)
    if unstated.any():
        last[unstated] = add_months(s.recognitions.day[unstated], TITLE_MONTHS)
    return last


def _highest(s: Snapshot, tiers: Floats) -> Floats:
    """Return the highest of the tiers, one a title, of each firm; 0 for none."""
    highest = s.recognitions.greatest(tiers)
    return zero_filled(highest) if s.recognitions.observed else highest


def _highest_held(s: Snapshot) -> Floats:
    return _highest(s, np.where(_last_days(s) >= s.today, s.recognitions.number("tier"), np.nan))


def _highest_ever(s: Snapshot) -> Floats:
    return _highest(s, s.recognitions.number("tier"))


def _at(s: Snapshot, tier: Floats) -> npt.NDArray[np.bool_]:
    """Return which titles seen are of the tier given for each firm."""
    same: npt.NDArray[np.bool_] = s.recognitions.number("tier") == tier[s.recognitions.firm]
    return same


def _last_day_at(s: Snapshot, tier: Floats) -> Floats:
    """Return the last day of the titles of the tier given for each firm; NaN where it has none of that tier."""
    return s.recognitions.greatest(np.where(_at(s, tier), _last_days(s), np.nan))


def recognition_tier(s: Snapshot) -> Floats:
    """Highest tier of a title held now.

    Unit: ordinal, 1 to 4. Window: titles not lapsed. Missing: recognitions not observed; 0 when none is held.
    Source: MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    return s.shared(_highest_held)


def recognition_tier_ever(s: Snapshot) -> Floats:
    """Highest tier of a title ever held.

    Unit: ordinal, 1 to 4. Window: life. Missing: recognitions not observed; 0 without any.
    Source: Lerner (2002): a public award certifies a firm to investors.
    """
    return s.shared(_highest_ever)


def months_at_tier(s: Snapshot) -> Floats:
    """Time since the first award of the tier held now.

    Unit: months. Window: life. Missing: no title held.
    Source: MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    return titles.months_since(titles.first_day_of(_at(s, recognition_tier(s))))


def months_held(s: Snapshot) -> Floats:
    """Time during which the firm has held a title of any tier; titles held together count once.

    Unit: months. Window: life. Missing: recognitions not observed; 0 for a firm without any.
    Source: three-yearly review of titles, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    began, offset = titles.day_number, titles.firm * _SPAN
    ended = np.maximum(np.minimum(_last_days(s), s.today), began)
    # Titles are sorted by firm and award: apart by a span, no title of one firm reaches into those of the next.
    reached = np.maximum.accumulate(ended + offset)
    before = np.concatenate(([-np.inf], reached[:-1])) - offset
    return titles.per_firm(np.maximum(ended - np.maximum(began, before[: len(titles)]), 0.0)) / DAYS_PER_MONTH


def months_to_expiry(s: Snapshot) -> Floats:
    """Time until the highest title held now lapses, unless it is renewed.

    Unit: months. Window: titles not lapsed. Missing: no title held.
    Source: three-yearly review of titles, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    return -s.recognitions.months_since(_last_day_at(s, recognition_tier(s)))


def months_since_lapse(s: Snapshot) -> Floats:
    """Time since the highest tier ever reached lapsed without being renewed.

    Unit: months. Window: latest event. Missing: no title, or that tier is held now.
    Source: three-yearly review of titles, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    last = _last_day_at(s, recognition_tier_ever(s))
    return s.recognitions.months_since(np.where(last < s.today, last, np.nan))


def tier_climb_per_year(s: Snapshot) -> Floats:
    """Tiers climbed above the first day's highest title, for every year since that day.

    Unit: tiers a year. Window: life. Missing: no title, or the first awarded today; 0 for a firm that never climbed.
    Source: the order of the tiers, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    began = titles.first_day
    start = titles.greatest(np.where(titles.day == began[titles.firm], titles.number("tier"), np.nan))
    return ratio(recognition_tier_ever(s) - start, (s.today - began) / (12 * DAYS_PER_MONTH))


def months_to_highest_tier(s: Snapshot) -> Floats:
    """Time from the first title to the first of the highest tier ever reached.

    Unit: months. Window: life. Missing: no title; 0 for a firm that began at its highest tier.
    Source: the order of the tiers, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    top = titles.first_day_of(_at(s, recognition_tier_ever(s)))
    return (top - titles.first_day) / DAYS_PER_MONTH


def recognition_lapsed(s: Snapshot) -> Floats:
    """Whether the highest tier ever reached is no longer held.

    Unit: flag, 0 or 1. Window: life. Missing: recognitions not observed; 0 without any.
    Source: three-yearly review of titles, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    lapsed = recognition_tier(s) < recognition_tier_ever(s)
    return np.where(np.isnan(s.recognitions.count()), np.nan, lapsed)


def recognitions_count(s: Snapshot) -> Floats:
    """Titles awarded so far, renewals included.

    Unit: count. Window: life. Missing: recognitions not observed; 0 for a firm without any.
    Source: Lanahan and Armanios (2018), when more certification stops helping.
    """
    return s.recognitions.count()


def title_renewals(s: Snapshot) -> Floats:
    """Titles of a tier that the firm had been awarded on an earlier day.

    Unit: count. Window: life. Missing: recognitions not observed; 0 for a firm without any.
    Source: three-yearly review of titles, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    tier = titles.firm * _TIERS + titles.number("tier").astype(np.intp) - 1
    first = np.empty(len(s) * _TIERS)
    first[tier[::-1]] = titles.day[::-1]  # of several, the one assigned last stays: the earliest
    return titles.tally(titles.day > first[tier])


def recognition_schemes(s: Snapshot) -> Floats:
    """Different schemes that awarded titles.

    Unit: count. Window: life. Missing: recognitions not observed; 0 for a firm without any.
    Source: Lanahan and Armanios (2018), when more certification stops helping.
    """
    return distinct(s.recognitions, "scheme")


def recognised_before_first_round(s: Snapshot) -> Floats:
    """Whether the first title came on a day before the first private round.

    Unit: flag, 0 or 1. Window: until the first private round. Missing: no private round, or recognitions not observed.
    Source: Lerner (2002): a public award certifies a firm to investors.
    """
    titles, funded = s.recognitions, private_rounds(s).first_day
    return np.where(np.isnan(funded) | np.isnan(titles.count()), np.nan, titles.first_day < funded)


def grants_since_title(s: Snapshot) -> Floats:
    """Grants awarded on days after the first title: public money that followed public praise.

    Unit: count. Window: since the first title. Missing: no title, or grants not observed.
    Source: Antonelli and Crespi (2013), the Matthew effect in public subsidies.
    """
    titled = s.recognitions.first_day
    after = s.grants.tally(s.grants.day > titled[s.grants.firm])
    return np.where(np.isnan(titled), np.nan, after)


COLUMNS = (
    recognition_tier,
    recognition_tier_ever,
    months_at_tier,
    months_held,
    months_to_expiry,
    months_since_lapse,
    tier_climb_per_year,
    months_to_highest_tier,
    recognition_lapsed,
    recognitions_count,
    title_renewals,
    recognition_schemes,
    recognised_before_first_round,
    grants_since_title,
)
