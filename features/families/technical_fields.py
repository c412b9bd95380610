"""The technical fields of a firm's patents: how its filings spread over them, and whether it enters new ones.

Windows are by filing day and end 18 months before the as-of date, as all of `littlegiants.features.families.patents`.
"""

from dataclasses import dataclass

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.population.groups import Codes
from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.cached import Cached
from littlegiants.ingest.tables.contract import PUBLICATION_MONTHS
from littlegiants.ingest.tables.days import Days, years_before
from littlegiants.ingest.tables.ragged import Ragged

_LAG = PUBLICATION_MONTHS / 12
_SUBCLASS = "U4"  # H04L of H04L 9/32: section, class and subclass


@dataclass(frozen=True)
class TechnicalFields:
    """Each technical field (subclass) of each patent once, sorted by firm, field (alphabet) and day of filing.

    Attributes
    ----------
    row : ndarray of int64
        Row of the patent among those seen.
    day : ndarray of int32
        Day of its filing.
    firm : ndarray of int64
        Code of the firm.
    packed : ndarray of int64
        A number for each firm and subclass.
    firms
        How many firms there are.
    """

    row: Codes
    day: Days
    firm: Codes
    packed: Codes
    firms: int

    def entropy(self, some: Mask | slice) -> Floats:
        """Return the entropy of each firm's filings over subclasses, in nats, of the given entries; NaN for none."""
        packed, firm = self.packed[some], self.firm[some]
        starts, count = _runs(packed)
        firm = firm[starts]
        total = np.bincount(firm, count, self.firms)
        share = count / total[firm]
        entropy = np.bincount(firm, -share * np.log(share), self.firms).astype(np.float64, copy=False)
        entropy[total == 0] = np.nan
        return entropy

    @Cached
    def first_day(self) -> Days:
        """The day of the firm's first filing in the same subclass."""
        starts, count = _runs(self.packed)
        return self.day[starts].repeat(count)


def _found(s: Snapshot) -> TechnicalFields:
    return s.shared(_of)


def _of(s: Snapshot) -> TechnicalFields:
    patents = s.patents
    classes = patents.lists("classes")
    row, width = np.repeat(np.arange(len(patents)), classes.lengths), len(classes.vocabulary) + 1
    packed = patents.firm[row] * width + _numbers(classes)
    # A patent with ten symbols of one subclass is in that subclass once; its symbols ascend, so they stand together.
    once = np.ones(len(row), bool)
    once[1:] = (packed[1:] != packed[:-1]) | (row[1:] != row[:-1])
    row, packed = row[once], packed[once]
    # The rows of a firm are in order of filing, and so stay those of a firm and subclass.
    order = packed.argsort(kind="stable")
    row, packed = row[order], packed[order]
    return TechnicalFields(row, patents.day[row], patents.firm[row], packed, len(s))


def _numbers(classes: Ragged) -> Codes:
    """Return the number of each symbol's subclass, ascending by alphabet as the symbols do."""
    found = np.zeros(len(classes.vocabulary), bool)
    found[classes.codes] = True
    used = found.nonzero()[0]
    names = classes.vocabulary[used].astype(_SUBCLASS)
    number = np.zeros(len(classes.vocabulary), np.int64)
    number[used[1:]] = (names[1:] != names[:-1]).cumsum()
    return number[classes.codes]


def _runs(ascending: Codes) -> tuple[Codes, Codes]:
    """Return where each run of equal numbers begins, and how long it is."""
    new = np.ones(len(ascending), bool)
    new[1:] = ascending[1:] != ascending[:-1]
    starts = new.nonzero()[0]
    ends = np.full(len(starts), len(ascending))
    ends[:-1] = starts[1:]
    return starts, ends - starts


def patent_class_entropy(s: Snapshot) -> Floats:
    """Spread of the patents over technical fields: entropy of the four-character subclasses (CPC or IPC).

    Unit: nats. Window: life. Missing: no public patent with a class; 0 when all lie in one subclass.
    Source: Lerner (1994), patent scope by four-character classes.
    """
    return _found(s).entropy(slice(None))


def patent_class_entropy_3y(s: Snapshot) -> Floats:
    """Spread of the recent filings over technical fields, as `patent_class_entropy`.

    Unit: nats. Window: 3 years ending 18 months ago. Missing: no filing with a class in them.
    Source: Lerner (1994), patent scope by four-character classes.
    """
    return s.shared(_entropy_3y, _LAG)


def patent_class_entropy_change(s: Snapshot) -> Floats:
    """Spread of the recent filings less that of the filings before; above 0 the firm broadens.

    Unit: nats. Window: 3 years ending 18 months ago, against the 3 before. Missing: no filing with a class in either.
    Source: Leten, Belderbos and Van Looy (2007), technological diversification and the performance of firms.
    """
    return s.shared(_entropy_3y, _LAG) - _entropy_3y(s, 3 + _LAG)


def _entropy_3y(s: Snapshot, lag: float) -> Floats:
    found = _found(s)
    low, high = years_before(s.day, 3 + lag), years_before(s.day, lag)
    return found.entropy((found.day > low) & (found.day <= high))


def new_subclass_share_3y(s: Snapshot) -> Floats:
    """Share of the recent filings in a subclass new to the firm: one it had not filed in before these years.

    Unit: share, 0 to 1. Window: 3 years ending 18 months ago. Missing: no filing with a class in them, or none before.
    Source: March (1991), exploration and exploitation; Fleming (2001), recombination.
    """
    found = _found(s)
    low, high = years_before(s.day, 3 + _LAG), years_before(s.day, _LAG)
    recent, entered = np.zeros((2, len(s.patents)), bool)
    fresh = (found.day > low) & (found.day <= high)
    recent[found.row[fresh]] = True
    entered[found.row[fresh & (found.first_day > low)]] = True
    older = np.bincount(found.firm[found.day <= low], minlength=len(s)) > 0
    share = ratio(s.patents.tally(entered), s.patents.tally(recent))
    return np.where(older, share, np.nan)


COLUMNS = (
    patent_class_entropy,
    patent_class_entropy_3y,
    patent_class_entropy_change,
    new_subclass_share_3y,
)
