"""Patent velocity: how fast a firm files, how broadly, and what becomes of the filings.

A patent counts from the day it is public, as late as 18 months after filing. The filings of the last 18 months are
therefore never all known, and a window that ended today would show every firm slowing down: windows are by filing day
and end 18 months before the as-of date.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import technical_fields
from littlegiants.features.families.funding import private_rounds, raised_usd
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import PUBLICATION_MONTHS
from littlegiants.ingest.tables.days import add_months, years_before

_LAG = PUBLICATION_MONTHS / 12
_STALE_YEARS = 4


def patents_count(s: Snapshot) -> Floats:
    """Public patents and applications so far.

    Unit: count. Window: life. Missing: patents not observed; 0 for a firm without any.
    Source: Häussler, Harhoff and Müller (2014), how patenting informs investors.
    """
    return s.patents.count()


def patents_per_year_1y(s: Snapshot) -> Floats:
    """Filings in a year.

    Unit: patents a year. Window: 1 year ending 18 months ago. Missing: patents not observed; 0 for a firm without any.
    Source: Conti, Thursby and Thursby (2013), patents as signals; publication after 18 months, 35 U.S.C. 122(b).
    """
    return s.patents.window(1, lag=_LAG).count()


def patents_per_year_3y(s: Snapshot) -> Floats:
    """Filings a year, over three years.

    Unit: patents a year. Window: 3 years ending 18 months ago. Missing: patents not observed; 0 for a firm without any.
    Source: Conti, Thursby and Thursby (2013), patents as signals; publication after 18 months, 35 U.S.C. 122(b).
    """
    return s.patents.window(3, lag=_LAG).count() / 3


def patents_per_year_5y(s: Snapshot) -> Floats:
    """Filings a year, over five years.

    Unit: patents a year. Window: 5 years ending 18 months ago. Missing: patents not observed; 0 for a firm without any.
    Source: Conti, Thursby and Thursby (2013), patents as signals; publication after 18 months, 35 U.S.C. 122(b).
    """
    return s.patents.window(5, lag=_LAG).count() / 5


def patent_acceleration(s: Snapshot) -> Floats:
    """Filings a year over three years, less filings a year over the three years before.

    Unit: patents a year. Window: 3 years ending 18 months ago, against the 3 before. Missing: patents not observed.
    Source: Häussler, Harhoff and Müller (2014), how patenting informs investors.
    """
    return patents_per_year_3y(s) - s.patents.window(3, lag=3 + _LAG).count() / 3


def months_since_first_filing(s: Snapshot) -> Floats:
    """Time since the first filing that is public.

    Unit: months. Window: life. Missing: no public patent.
    Source: Helmers and Rogers (2011), early patents and the growth of high-tech start-ups.
    """
    return s.patents.months_since(s.patents.first_day)


def months_since_last_filing(s: Snapshot) -> Floats:
    """Time since the latest filing that is public.

    Unit: months. Window: latest event. Missing: no public patent.
    Source: Cockburn and MacGarvie (2009), patents and the financing of early-stage firms.
    """
    return s.patents.months_since(s.patents.last_day)


def patents_granted_share(s: Snapshot) -> Floats:
    """Share of the public patents and applications that have been granted.

    Unit: share, 0 to 1. Window: life. Missing: no public patent.
    Source: Farre-Mensa, Hegde and Ljungqvist (2020), what the grant of a first patent is worth.
    """
    granted = s.patents.tally(~np.isnan(_granted(s)))
    return ratio(granted, s.patents.count())


def _granted(s: Snapshot) -> Floats:
    """Return the day of each public patent's grant; NaN while there is none."""
    return s.shared(_read_granted)


def _read_granted(s: Snapshot) -> Floats:
    return s.patents.days("granted_on")


def grant_lag_months(s: Snapshot) -> Floats:
    """Mean time from filing to grant.

    Unit: months. Window: life. Missing: no granted patent.
    Source: Gans, Hsu and Stern (2008), uncertain rights: licensing waits for the grant.
    """
    lag = _granted(s) - s.patents.day
    return ratio(s.patents.per_firm(lag), s.patents.tally(~np.isnan(lag))) / DAYS_PER_MONTH


def months_since_patent_grant(s: Snapshot) -> Floats:
    """Time since the latest grant of a patent.

    Unit: months. Window: latest event. Missing: no granted patent.
    Source: Farre-Mensa, Hegde and Ljungqvist (2020), what the grant of a first patent is worth.
    """
    return s.patents.months_since(s.patents.greatest(_granted(s)))


def patents_stale_share(s: Snapshot) -> Floats:
    """Share of the filings of more than four years ago that are still not granted.

    Unit: share, 0 to 1. Window: life up to 4 years ago. Missing: no public filing so old.
    Source: Dang and Motohashi (2015), subsidised filings that come to nothing; an application lapses unless examination
    is requested within three years, China's Patent Law art. 35.
    """
    old = s.patents.day < years_before(s.day, _STALE_YEARS)
    pending = old & np.isnan(_granted(s))
    return ratio(s.patents.tally(pending), s.patents.tally(old))


def patents_same_day_share(s: Snapshot) -> Floats:
    """Share of the filings, the first left out, that were made on the same day as the one before: filing in bulk.

    Unit: share, 0 to 1. Window: life. Missing: fewer than two public patents.
    Source: CNIPA announcement 411 (2021), bulk filings that are not for protecting inventions.
    """
    return ratio(s.patents.tally(s.patents.gaps == 0), s.patents.count() - 1)


def patent_citations_mean(s: Snapshot) -> Floats:
    """Mean citations received by a patent, in rows that say on which day they were counted.

    Unit: citations a patent. Window: life. Missing: no public patent with a dated count of citations.
    Source: Hall, Jaffe and Trajtenberg (2005), market value and patent citations.
    """
    return s.patents.mean("citations")


def citations_per_year(s: Snapshot) -> Floats:
    """Citations received, as last counted, for every year that the counted patents have been published.

    Unit: citations a patent and year. Window: life. Missing: no public patent with a dated count of citations, or all
    published today.
    Source: Hall, Jaffe and Trajtenberg (2005): older patents have had more time to be cited.
    """
    counted = s.patents.where(~np.isnan(s.patents.number("citations")))
    public = counted.days("published_on")
    unstated = np.isnan(public)
    if unstated.any():
        public[unstated] = add_months(counted.day[unstated], PUBLICATION_MONTHS)
    # A row may state that it was known before its publication: then the patent has had no time at all.
    age = np.maximum(s.today - public, 0.0)
    return ratio(counted.total("citations"), counted.per_firm(age) / (12 * DAYS_PER_MONTH))


def patents_before_first_round(s: Snapshot) -> Floats:
    """Public patents filed on days before the first private round; all of them while there is none.

    Unit: count. Window: life. Missing: patents or rounds not observed; 0 for a firm without any.
    Source: Häussler, Harhoff and Müller (2014), how patenting informs investors; Hsu and Ziedonis (2013).
    """
    funded = private_rounds(s).first_day
    before = s.patents.tally(~(s.patents.day >= funded[s.patents.firm]))
    return np.where(np.isnan(private_rounds(s).count()), np.nan, before)


def patents_per_million_raised(s: Snapshot) -> Floats:
    """Public patents for every million US dollars of private money.

    Unit: patents per million US dollars. Window: life. Missing: patents not observed, or no private money known.
    Source: Hsu and Ziedonis (2013), patents and the valuation of venture-backed firms.
    """
    return ratio(s.patents.count(), raised_usd(s) / 1e6)


def patents_per_million_of_grants(s: Snapshot) -> Floats:
    """Public patents for every million US dollars of grants: what public money brings forth.

    Unit: patents per million US dollars. Window: life. Missing: patents not observed, or no grant money known.
    Source: Bronzini and Piselli (2016), subsidies for research and development and patenting.
    """
    return ratio(s.patents.count(), s.grants.total("amount") / 1e6)


COLUMNS = (
    patents_count,
    patents_per_year_1y,
    patents_per_year_3y,
    patents_per_year_5y,
    patent_acceleration,
    months_since_first_filing,
    months_since_last_filing,
    *technical_fields.COLUMNS,
    patents_granted_share,
    grant_lag_months,
    months_since_patent_grant,
    patents_stale_share,
    patents_same_day_share,
    patent_citations_mean,
    citations_per_year,
    patents_before_first_round,
    patents_per_million_raised,
    patents_per_million_of_grants,
)
