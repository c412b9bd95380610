"""The record of grants: how many and how large, from whom, in which phase, and how regularly.

The phases are those of SBIR and STTR and, after them, of the European SME Instrument: 1 feasibility, 2 development,
3 market. They are read from the text of ``phase``: ``1``, ``I``, ``Phase I``, ``2b`` or ``II+``, say; any other text is
a phase not known.
"""

import re
from functools import lru_cache
from math import nan

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.text_columns import distinct, read_numbers
from littlegiants.ingest.arrays import Floats

# More than twenty awards of phase I in five fiscal years put a firm under the benchmark, 78 FR 30951 (May 2013).
_SERIAL = 21
_LOCAL = {"local": 1.0, "provincial": 1.0, "national": 0.0, "supranational": 0.0}
_PHASE = re.compile(r"(?:phase\s*)?(?:(1|i)|(2|ii)|(3|iii))[ab+]?", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _phase(text: str) -> float:
    found = _PHASE.fullmatch(text.strip())
    return float(found.lastindex) if found and found.lastindex else nan


def _phases(s: Snapshot) -> Floats:
    return s.shared(_read_phases)


def _read_phases(s: Snapshot) -> Floats:
    return read_numbers(s.grants, "phase", _phase)


def _first_phase(s: Snapshot) -> Floats:
    """Return how many grants of phase 1 each firm won in the five years that ended a year ago."""
    return s.grants.window(5, lag=1).tally(_phases(s) == 1)


def grants_count(s: Snapshot) -> Floats:
    """Grants so far.

    Unit: count. Window: life. Missing: grants not observed; 0 for a firm without any.
    Source: Lerner (1999): firms with several awards did no better than firms with one.
    """
    return s.grants.count()


def grants_count_3y(s: Snapshot) -> Floats:
    """Grants in the last three years.

    Unit: count. Window: 3 years. Missing: grants not observed; 0 for a firm without any.
    Source: standards for firms with many awards, SBIR and STTR Extension Act of 2022 (Public Law 117-183).
    """
    return s.grants.window(3).count()


def months_since_last_grant(s: Snapshot) -> Floats:
    """Time since the latest grant.

    Unit: months. Window: latest event. Missing: no grant.
    Source: Islam, Fremeth and Marcus (2018), how long a grant's signal to investors lasts.
    """
    return s.grants.months_since(s.grants.last_day)


def largest_grant_usd(s: Snapshot) -> Floats:
    """Size of the largest grant.

    Unit: US dollars. Window: life. Missing: no amount of a grant known.
    Source: Howell (2017): the small first awards of SBIR help, the larger second ones do not.
    """
    return s.grants.largest("amount")


def grant_gap_mean(s: Snapshot) -> Floats:
    """Mean time between successive grants: the shorter, the more regular an income they are.

    Unit: months. Window: life. Missing: fewer than two grants.
    Source: Antonelli and Crespi (2013), the Matthew effect in public subsidies.
    """
    return ratio(s.grants.per_firm(s.grants.gaps), s.grants.count() - 1)


def grant_programmes(s: Snapshot) -> Floats:
    """Different programmes that gave grants.

    Unit: count. Window: life. Missing: grants not observed, or grants but no programme known; 0 without grants.
    Source: Antonelli and Crespi (2013), the Matthew effect in public subsidies.
    """
    return distinct(s.grants, "programme")


def grant_level(s: Snapshot) -> Floats:
    """Highest level a grant came from: 1 local, 2 provincial, 3 national, 4 supranational.

    Unit: ordinal, 1 to 4. Window: life. Missing: no grant whose level is known.
    Source: Lanahan and Feldman (2015), levels of innovation policy.
    """
    level = s.grants.column("level").astype(np.float64)
    return s.grants.greatest(np.where(level < 0, np.nan, level + 1))


def local_grant_share(s: Snapshot) -> Floats:
    """Local and provincial grants as a share of all grant money: of grants whose level and amount are known.

    Unit: share, 0 to 1. Window: life. Missing: no money from such grants.
    Source: Lanahan and Feldman (2015), state programmes beside the federal one.
    """
    local = s.grants.graded("level", _LOCAL)
    # Whole cents, whose sum does not depend on the order of rows.
    cents = np.rint(s.grants.number("amount") * 100)
    return ratio(s.grants.per_firm(cents * local), s.grants.per_firm(np.where(np.isnan(local), np.nan, cents)))


def grant_phase(s: Snapshot) -> Floats:
    """Furthest phase that a grant was for: 1 feasibility, 2 development, 3 market.

    Unit: ordinal, 1 to 3. Window: life. Missing: no grant whose phase is known.
    Source: phases of SBIR and STTR, 15 U.S.C. 638(e).
    """
    return s.grants.greatest(_phases(s))


def phase_transition_rate(s: Snapshot) -> Floats:
    """Grants of phase 2 in five years over grants of phase 1 in the five years that ended a year before.

    Unit: ratio. Window: 5 years, against 5 years ending a year ago. Missing: no grant known to be of phase 1 in those.
    Source: transition rate benchmark of SBIR and STTR, 78 FR 30951 (2013), there by fiscal years.
    """
    return ratio(s.grants.window(5).tally(_phases(s) == 2), _first_phase(s))


def serial_grantee(s: Snapshot) -> Floats:
    """Whether the firm won 21 grants of phase 1 or more: the number from which SBIR asks what becomes of them.

    Unit: flag, 0 or 1. Window: 5 years ending a year ago. Missing: grants not observed, or grants of an unknown phase
    could make the difference; 0 for a firm without any.
    Source: transition rate benchmark of SBIR and STTR, 78 FR 30951 (2013), there by fiscal years.
    """
    least = _first_phase(s)
    most = least + s.grants.window(5, lag=1).tally(np.isnan(_phases(s)))
    return np.where(least >= _SERIAL, 1.0, np.where(most < _SERIAL, 0.0, np.nan))


COLUMNS = (
    grants_count,
    grants_count_3y,
    months_since_last_grant,
    largest_grant_usd,
    grant_gap_mean,
    grant_programmes,
    grant_level,
    local_grant_share,
    grant_phase,
    phase_transition_rate,
    serial_grantee,
)
