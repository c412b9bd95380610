"""The table contract: which tables there are, their columns, and the day on which a row becomes known.

Times are dates, money is an ``amount`` with its ISO 4217 ``currency``, ids are text. ``firms`` is required; any other
table may be absent, which means *not observed*. Every table may carry ``known_on``; where it is absent or empty, the
table's own rule gives the day (`Table.known_rule`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

ROUND_KINDS = (
    "angel",
    "seed",
    "venture",
    "series_a",
    "series_b",
    "series_c_plus",
    "private_equity",
    "corporate",
    "crowdfunding",
    "convertible_note",
    "debt",
    "post_ipo_equity",
    "post_ipo_debt",
    "secondary",
    "undisclosed",
    "other",
)
GRANT_LEVELS = ("local", "provincial", "national", "supranational")
# Innovative SME, provincial specialised, national "little giant", single champion.
RECOGNITION_TIERS = ("1", "2", "3", "4")
OUTCOME_KINDS = ("ipo", "acquisition", "closure")

# 35 U.S.C. 122(b), EPC art. 93 and China's Patent Law art. 34 all publish an application 18 months after filing.
PUBLICATION_MONTHS = 18
# Annual reports of listed SMEs are due four months after the period ends (CSRC rule; EU 2004/109/EC gives the same).
ACCOUNTS_DAYS = 120
# A title whose end is not stated holds three years: China's measures for the tiered cultivation of high-quality SMEs
# (MIIT 2022, no. 63).
TITLE_MONTHS = 36


class Kind(StrEnum):
    """How a column is read, stored and validated."""

    ID = "id"
    TEXT = "text"
    LIST = "list"
    CHOICE = "choice"
    CURRENCY = "currency"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    COUNT = "count"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name, kind
        Its name in the file and how it is read.
    required
        Whether a row without it is quarantined.
    choices
        Allowed values, of a ``CHOICE``, of a ``COUNT`` that is a grade, or of a ``CURRENCY`` beyond the bundled ones.
    dated
        False for a figure that grows after the event, such as citations: only rows that state ``known_on`` have it.
    happens
        True for a later event inside the row, such as the grant of a patent: before that day its value is not known.
    signed
        True for a number that may be below zero, such as a loss.
    """

    name: str
    kind: Kind
    required: bool = False
    choices: tuple[str, ...] = ()
    dated: bool = True
    happens: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns besides ``firm_id``, its event's date, its key within a firm, and when rows are known."""

    name: str
    event: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    known_rule: str

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the table has no such column: nothing outside the contract can be asked for.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(c.name for c in self.columns)}")


def _table(name: str, event: str, key: tuple[str, ...], known_rule: str, *columns: Column) -> Table:
    return Table(name, event, key, columns, known_rule)


_CURRENCY = Column("currency", Kind.CURRENCY)

_TABLES = (
    _table(
        "firms",
        "founded_on",
        (),
        "founded_on, or the first day one of its events is known if that is earlier; with neither: never",
        Column("name", Kind.TEXT),
        Column("country", Kind.TEXT),
        Column("region", Kind.TEXT),
        Column("city", Kind.TEXT),
        Column("founded_on", Kind.DATE),
        Column("sectors", Kind.LIST),
        Column("website", Kind.TEXT),
    ),
    _table(
        "rounds",
        "announced_on",
        ("round_id",),
        "announced_on",
        Column("round_id", Kind.ID, required=True),
        Column("announced_on", Kind.DATE, required=True),
        Column("kind", Kind.CHOICE, required=True, choices=ROUND_KINDS),
        Column("amount", Kind.MONEY),
        _CURRENCY,
        Column("investor_count", Kind.COUNT),
        Column("state_backed_share", Kind.SHARE),
        Column("post_money", Kind.MONEY),
    ),
    _table(
        "grants",
        "awarded_on",
        ("grant_id",),
        "awarded_on",
        Column("grant_id", Kind.ID, required=True),
        Column("awarded_on", Kind.DATE, required=True),
        Column("amount", Kind.MONEY),
        _CURRENCY,
        Column("programme", Kind.TEXT),
        Column("level", Kind.CHOICE, choices=GRANT_LEVELS),
        Column("phase", Kind.TEXT),
    ),
    _table(
        "patents",
        "filed_on",
        ("patent_id",),
        "published_on, else filed_on + 18 months; the grant itself from granted_on",
        Column("patent_id", Kind.ID, required=True),
        Column("filed_on", Kind.DATE, required=True),
        Column("published_on", Kind.DATE),
        Column("granted_on", Kind.DATE, happens=True),
        Column("classes", Kind.LIST),
        Column("citations", Kind.COUNT, dated=False),
    ),
    _table(
        "recognitions",
        "awarded_on",
        ("scheme", "tier", "awarded_on"),
        "awarded_on",
        Column("scheme", Kind.TEXT, required=True),
        Column("tier", Kind.COUNT, required=True, choices=RECOGNITION_TIERS),
        Column("awarded_on", Kind.DATE, required=True),
        Column("expires_on", Kind.DATE),
    ),
    _table(
        "financials",
        "period_end",
        ("period_end",),
        "period_end + 120 days",
        Column("period_end", Kind.DATE, required=True),
        Column("revenue", Kind.MONEY),
        Column("export_revenue", Kind.MONEY),
        Column("rnd_expense", Kind.MONEY),
        Column("subsidy_income", Kind.MONEY),
        Column("net_profit", Kind.MONEY, signed=True),
        Column("operating_cash_flow", Kind.MONEY, signed=True),
        Column("cash", Kind.MONEY),
        Column("employees", Kind.COUNT),
        _CURRENCY,
    ),
    _table(
        "outcomes",
        "happened_on",
        ("kind", "happened_on"),
        "happened_on",
        Column("happened_on", Kind.DATE, required=True),
        Column("kind", Kind.CHOICE, required=True, choices=OUTCOME_KINDS),
        Column("amount", Kind.MONEY),
        _CURRENCY,
    ),
)

# No table of firms, and optional: what the money of the others is converted with, in place of the bundled rates.
RATES = _table(
    "rates",
    "published_on",
    ("currency", "published_on"),
    "published_on",
    Column("currency", Kind.TEXT, required=True),
    Column("published_on", Kind.DATE, required=True),
    Column("usd", Kind.NUMBER, required=True),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
EVENT_TABLES = tuple(name for name in TABLES if name != "firms")
