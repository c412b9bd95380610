"""Recognition: which official title a firm holds, how it climbed there, and whether it kept it.

Tiers: 1 innovative SME, 2 provincial specialised firm, 3 national "little giant", 4 single champion. A title is held up
to and including its ``expires_on``; where that is not stated, three years from its award, the term of the Chinese
ministry's measures for the tiered cultivation of high-quality SMEs (MIIT 2022, no. 63).
"""

import numpy as np

from littlegiants.features.days import add_months
from littlegiants.features.snapshot import DAYS_PER_MONTH, Events, Floats, Snapshot, ratio

TERM_MONTHS = 36


def held_titles(s: Snapshot) -> Events:
    """Return the titles seen at the snapshot that have not lapsed."""

    def held() -> Events:
        titles = s.recognitions
        stated = titles.days("expires_on")
        last = np.where(np.isnan(stated), add_months(titles.day, TERM_MONTHS), stated)
        return titles.where(last >= s.day)

    return s.shared("held_titles", held)


def _highest(titles: Events) -> Floats:
    highest = titles.greatest(titles.number("tier"))
    return np.where(np.isnan(highest), 0.0, highest) if titles.observed else highest


def recognition_tier(s: Snapshot) -> Floats:
    """Highest tier of a title held now.

    Unit: ordinal, 1 to 4. Window: titles not lapsed. Missing: recognitions not observed; 0 when none is held.
    Source: MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    return s.shared("recognition_tier", lambda: _highest(held_titles(s)))


def recognition_tier_ever(s: Snapshot) -> Floats:
    """Highest tier of a title ever held.

    Unit: ordinal, 1 to 4. Window: life. Missing: recognitions not observed; 0 without any.
    Source: Lerner (2002): a public award certifies a firm to investors.
    """
    return s.shared("recognition_tier_ever", lambda: _highest(s.recognitions))


def months_at_tier(s: Snapshot) -> Floats:
    """Time since the first award of the tier held now.

    Unit: months. Window: life. Missing: no title held.
    Source: MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    same = titles.where(titles.number("tier") == recognition_tier(s)[titles.firm])
    return same.months_since(same.first_day)


def tier_climb_per_year(s: Snapshot) -> Floats:
    """Tiers climbed above the first day's highest title, for every year since that day.

    Unit: tiers a year. Window: life. Missing: no title, or the first awarded today; 0 for a firm that never climbed.
    Source: the order of the tiers, MIIT (2022), measures for the tiered cultivation of high-quality SMEs.
    """
    titles = s.recognitions
    began = titles.first_day
    start = _highest(titles.where(titles.day == began[titles.firm]))
    return ratio(recognition_tier_ever(s) - start, (s.day - began) / (12 * DAYS_PER_MONTH))


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


COLUMNS = (
    recognition_tier,
    recognition_tier_ever,
    months_at_tier,
    tier_climb_per_year,
    recognition_lapsed,
    recognitions_count,
)
