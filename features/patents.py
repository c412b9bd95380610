"""Patent velocity: how fast a firm files, how broadly, and what becomes of the filings.

A patent counts from the day it is public, as late as 18 months after filing. The filings of the last 18 months are
therefore never all known, and a window that ended today would show every firm slowing down: windows are by filing day
and end 18 months before the as-of date.
"""

import numpy as np
import numpy.typing as npt

from littlegiants.features.contract import PUBLICATION_MONTHS
from littlegiants.features.funding import raised_usd
from littlegiants.features.ragged import Ragged
from littlegiants.features.snapshot import Floats, Snapshot, ratio

_LAG = PUBLICATION_MONTHS / 12
_SUBCLASS = "U4"  # H04L of H04L 9/32: section, class and subclass


def patents_count(s: Snapshot) -> Floats:
    """Public patents and applications so far.

    Unit: count. Window: life. Missing: patents not observed; 0 for a firm without any.
    Source: Häussler, Harhoff and Müller (2014), how patenting informs investors.
    """
    return s.patents.count()


def patents_per_year_3y(s: Snapshot) -> Floats:
    """Filings a year, over three years.

    Unit: patents a year. Window: 3 years ending 18 months ago. Missing: patents not observed; 0 for a firm without any.
    Source: Conti, Thursby and Thursby (2013), patents as signals; publication after 18 months, 35 U.S.C. 122(b).
    """
    return s.patents.within(3, lag=_LAG).count() / 3


def patents_per_year_5y(s: Snapshot) -> Floats:
    """Filings a year, over five years.

    Unit: patents a year. Window: 5 years ending 18 months ago. Missing: patents not observed; 0 for a firm without any.
    Source: Conti, Thursby and Thursby (2013), patents as signals; publication after 18 months, 35 U.S.C. 122(b).
    """
    return s.patents.within(5, lag=_LAG).count() / 5


def patent_acceleration(s: Snapshot) -> Floats:
    """Filings a year over three years, less filings a year over the three years before.

    Unit: patents a year. Window: 3 years ending 18 months ago, against the 3 before. Missing: patents not observed.
    Source: Häussler, Harhoff and Müller (2014), how patenting informs investors.
    """
    return patents_per_year_3y(s) - s.patents.within(3, lag=3 + _LAG).count() / 3


def months_since_last_filing(s: Snapshot) -> Floats:
    """Time since the latest filing that is public.

    Unit: months. Window: latest event. Missing: no public patent.
    Source: Cockburn and MacGarvie (2009), patents and the financing of early-stage firms.
    """
    return s.patents.months_since(s.patents.last_day)


def patent_class_entropy(s: Snapshot) -> Floats:
    """Spread of the patents over technical fields: entropy of the four-character subclasses (CPC or IPC).

    Unit: nats. Window: life. Missing: no public patent with a class; 0 when all lie in one subclass.
    Source: Lerner (1994), patent scope by four-character classes.
    """
    classes = s.patents.lists("classes")
    lengths, subclass, width = classes.lengths, _subclasses(classes), len(classes.vocabulary) + 1
    # A patent with ten symbols of one subclass is in that subclass once; its symbols ascend, so they stand together.
    once = np.ones(len(subclass), bool)
    once[1:] = subclass[1:] != subclass[:-1]
    once[classes.bounds[:-1][lengths > 0]] = True
    packed = np.repeat(s.patents.firm * width, lengths) + subclass
    pairs, count = np.unique(packed[once], return_counts=True)
    firm = pairs // width
    total = np.bincount(firm, count, minlength=len(s))
    share = count / total[firm]
    return np.where(total > 0, np.bincount(firm, -share * np.log(share), minlength=len(s)), np.nan)


def _subclasses(classes: Ragged) -> npt.NDArray[np.int64]:
    """Return the number of each symbol's subclass, ascending by alphabet as the symbols do."""
    found = np.zeros(len(classes.vocabulary), bool)
    found[classes.codes] = True
    used = np.flatnonzero(found)
    names = classes.vocabulary[used].astype(_SUBCLASS)
    number = np.empty(len(classes.vocabulary), np.int64)
    number[used] = np.cumsum(np.concatenate(([0], names[1:] != names[:-1])))[: len(used)]
    return number[classes.codes]


def patents_granted_share(s: Snapshot) -> Floats:
    """Share of the public patents and applications that have been granted.

    Unit: share, 0 to 1. Window: life. Missing: no public patent.
    Source: Farre-Mensa, Hegde and Ljungqvist (2020), what the grant of a first patent is worth.
    """
    granted = ~np.isnan(s.patents.days("granted_on"))
    return ratio(s.patents.where(granted).count(), s.patents.count())


def patent_citations_mean(s: Snapshot) -> Floats:
    """Mean citations received by a patent, in rows that say on which day they were counted.

    Unit: citations a patent. Window: life. Missing: no public patent with a dated count of citations.
    Source: Hall, Jaffe and Trajtenberg (2005), market value and patent citations.
    """
    return s.patents.mean("citations")


def patents_per_million_raised(s: Snapshot) -> Floats:
    """Public patents for every million US dollars of private money.

    Unit: patents per million US dollars. Window: life. Missing: patents not observed, or no private money known.
    Source: Hsu and Ziedonis (2013), patents and the valuation of venture-backed firms.
    """
    return ratio(s.patents.count(), raised_usd(s) / 1e6)


COLUMNS = (
    patents_count,
    patents_per_year_3y,
    patents_per_year_5y,
    patent_acceleration,
    months_since_last_filing,
    patent_class_entropy,
    patents_granted_share,
    patent_citations_mean,
    patents_per_million_raised,
)
