"""Firm profile: age, country, region and main sector, and how much is known of the firm at all.

Countries, regions and sectors are categories: a column holds the position of the firm's value in the population's
vocabulary, which travels with the model. It is missing for a value that is too rare there to be distinguished.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH
from littlegiants.features.asof.events import Events
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.funding import private_rounds
from littlegiants.features.population.groups import Codes, Keys
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import SIGNAL_TABLES, TABLES, Table

_IN_WORDS = f"{', '.join(SIGNAL_TABLES[:-1])} and {SIGNAL_TABLES[-1]}"
CATEGORICAL = {"country_code": "country", "region_code": "region", "sector_code": "sector"}


def _tables(s: Snapshot) -> tuple[Events, ...]:
    return tuple(getattr(s, name) for name in SIGNAL_TABLES)


def _observed(table: Table) -> Callable[[Snapshot], Floats]:
    """Return the feature that says whether a table is there, by the table's declaration."""

    def observed(s: Snapshot) -> Floats:
        return np.ones(len(s)) if getattr(s, table.name).observed else np.zeros(len(s))

    observed.__name__ = observed.__qualname__ = f"{table.name}_observed"
    observed.__doc__ = f"""Whether there is a table of {table.content or table.name} at all.

    Unit: flag, 0 or 1. Window: as known. Missing: never.
    Source: missingness as information, Little and Rubin (2019).
    """
    return observed


def _code(s: Snapshot, category: str) -> Floats:
    code = s.population.codes[category]
    return _of_vocabulary(*s.coded(category), lambda value: code.get(value, np.nan), np.nan)


def _of_vocabulary(codes: Codes, vocabulary: Keys, number: Callable[[str], float], missing: float) -> Floats:
    """Return a number for each firm's text, looked up once for each text that occurs; codes of -1 are missing."""
    # Code -1 finds the index after the last text.
    occurs = np.zeros(len(vocabulary) + 1, bool)
    occurs[codes] = True
    used = occurs[:-1].nonzero()[0]
    numbers = np.empty(len(vocabulary) + 1)
    numbers[-1] = missing
    numbers[used] = [number(text) for text in vocabulary[used]]
    return numbers[codes]


def _sectors_seen(s: Snapshot) -> Floats:
    """Return the population's number of firms in each stated sector, one number a firm and sector."""
    return s.shared(_number_seen)


def _number_seen(s: Snapshot) -> Floats:
    sectors, seen = s.groups["sector"], s.population.seen["sector"]
    return np.array([seen.get(sector, 0) for sector in sectors.names], np.float64)[sectors.code]


def age_years(s: Snapshot) -> Floats:
    """Age of the firm.

    Unit: years of 365.25 days. Window: life. Missing: founding date not known.
    Source: Coad, Segarra and Teruel (2016), firm age and the returns to innovation.
    """
    return (s.today - s.founded_day) / (12 * DAYS_PER_MONTH)


def age_at_first_round(s: Snapshot) -> Floats:
    """Age at the first private round; below 0 where money came before the stated founding.

    Unit: years of 365.25 days. Window: life. Missing: founding date not known, or no private round.
    Source: Hellmann and Puri (2000), time to venture capital by strategy.
    """
    rounds = private_rounds(s)
    return (rounds.first_day - s.founded_day) / (12 * DAYS_PER_MONTH)


def age_at_first_grant(s: Snapshot) -> Floats:
    """Age at the first grant; below 0 where public money came before the stated founding.

    Unit: years of 365.25 days. Window: life. Missing: founding date not known, or no grant.
    Source: Howell (2017), research grants do most for young firms.
    """
    return (s.grants.first_day - s.founded_day) / (12 * DAYS_PER_MONTH)


def age_at_first_filing(s: Snapshot) -> Floats:
    """Age at the first patent filing that is public; below 0 where the invention is older than the firm.

    Unit: years of 365.25 days. Window: life. Missing: founding date not known, or no public patent.
    Source: Helmers and Rogers (2011), patents of start-ups and their later growth.
    """
    return (s.patents.first_day - s.founded_day) / (12 * DAYS_PER_MONTH)


def founded_known(s: Snapshot) -> Floats:
    """Whether the founding date is known.

    Unit: flag, 0 or 1. Window: as known. Missing: never.
    Source: missingness as information, Little and Rubin (2019).
    """
    return (~np.isnan(s.founded_day)).astype(np.float64)


def country_code(s: Snapshot) -> Floats:
    """Country, as its position in the population's vocabulary.

    Unit: category. Window: as known. Missing: not stated, no population, or fewer than 20 of its firms there.
    Source: Jeng and Wells (2000), venture capital across countries.
    """
    return _code(s, "country")


def region_code(s: Snapshot) -> Floats:
    """Region, as its position in the population's vocabulary.

    Unit: category. Window: as known. Missing: not stated, no population, or fewer than 20 of its firms there.
    Source: Chen, Gompers, Kovner and Lerner (2010), the geography of venture capital.
    """
    return _code(s, "region")


def sector_code(s: Snapshot) -> Floats:
    """Main sector, the firm's one that most firms of the population share, as its position in the vocabulary.

    Unit: category. Window: as known. Missing: none stated, no population, or fewer than 20 of its firms in each.
    Source: Pavitt (1984), sectoral patterns of technical change; of equally frequent sectors, the first by alphabet.
    """
    firms, lengths = _sectors_seen(s), s.sectors.lengths
    stating = lengths.nonzero()[0]
    main = np.full(len(s), -1)
    if len(stating):
        starts = s.sectors.bounds[stating]
        most = np.repeat(np.maximum.reduceat(firms, starts), lengths[stating])
        # Codes ascend by alphabet in any vocabulary, so the choice does not depend on the other firms of the tables.
        codes = np.where(firms == most, s.sectors.codes, len(s.sectors.vocabulary))
        main[stating] = np.minimum.reduceat(codes, starts)
    code = s.population.codes["sector"]
    return _of_vocabulary(main, s.sectors.vocabulary, lambda sector: code.get(sector, np.nan), np.nan)


def events_known(s: Snapshot) -> Floats:
    """Rows known of the firm in {tables}.

    Unit: count. Window: life. Missing: never; a table that is not observed adds nothing.
    Source: coverage of venture data is uneven, Kaplan and Lerner (2016).
    """
    return sum((events.count() for events in _tables(s) if events.observed), np.zeros(len(s)))


def tables_with_rows(s: Snapshot) -> Floats:
    """How many of {tables} know the firm.

    Unit: count, 0 to {number}. Window: life. Missing: never; a table that is not observed adds nothing.
    Source: coverage of venture data is uneven, Kaplan and Lerner (2016).
    """
    return sum(((events.count() > 0).astype(np.float64) for events in _tables(s)), np.zeros(len(s)))


def unseen_kind(s: Snapshot) -> npt.NDArray[np.object_]:
    """Return which kind of each firm the population never saw.

    Parameters
    ----------
    s
        The snapshot, with the population a model was trained on.

    Returns
    -------
    ndarray of object, shape (n,)
        ``country`` where the firm's country is stated and no firm of the population had it; else ``sector`` where it
        states sectors and none of them was seen; else empty. A category of which the population saw no value at all
        separates nothing and is passed over.
    """
    kinds = np.full(len(s), "", object)
    if s.population.seen["sector"]:
        sectors = s.sectors
        seen = np.bincount(s.groups["sector"].rows, _sectors_seen(s), minlength=len(s))
        kinds[(sectors.lengths > 0) & (seen == 0)] = "sector"
    if s.population.seen["country"]:
        seen_there = s.population.seen["country"]
        kinds[_of_vocabulary(*s.coded("country"), lambda country: country in seen_there, True) == 0] = "country"
    return kinds


COLUMNS = (
    age_years,
    age_at_first_round,
    age_at_first_grant,
    age_at_first_filing,
    founded_known,
    country_code,
    region_code,
    sector_code,
    events_known,
    tables_with_rows,
    *(_observed(TABLES[name]) for name in SIGNAL_TABLES),
)
# The docstrings name the tables with signals as the contract declares them.
for _builder in (events_known, tables_with_rows):
    _doc = (_builder.__doc__ or "").replace("{tables}", _IN_WORDS)
    _builder.__doc__ = _doc.replace("{number}", str(len(SIGNAL_TABLES)))
