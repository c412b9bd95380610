"""The table contract: which tables there are, their columns, and the day on which a row becomes known.

Times are dates, money is an ``amount`` with its ISO 4217 ``currency``, ids are text. ``firms`` is required; any other
table may be absent, which means *not observed*. Every table may carry ``known_on``; where it is absent or empty, the
table's own rule gives the day (`Table.known_rule`).

A table is one declaration: a new `Table` here is loaded, validated, taken into snapshots, read from CSV, Parquet,
databases and JSON, and described in the schemas of the service and in the data dictionary.
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
INVESTOR_KINDS = (
    "venture",
    "private_equity",
    "corporate",
    "angel",
    "state",
    "bank",
    "accelerator",
    "university",
    "crowd",
    "other",
)
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


NUMBERS = (Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE)


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
class Lag:
    """The time from an event until it is known: calendar months, then days.

    Examples
    --------
    >>> print(Lag(months=18))
    18 months
    """

    months: int = 0
    days: int = 0

    def __bool__(self) -> bool:
        return bool(self.months or self.days)

    def __str__(self) -> str:
        units = ((self.months, "months"), (self.days, "days"))
        return " + ".join(f"{number} {unit}" for number, unit in units if number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table, and everything that the rest of the product needs to know of it.

    Attributes
    ----------
    name, event
        Its name, and the column with the day of its event.
    key
        The columns that identify a row within a firm.
    columns
        All columns besides ``firm_id`` and ``known_on``.
    known_from
        A column whose date, where it is stated, is the day from which a row is known; empty for none.
    known_lag
        Otherwise a row is known this long after its event.
    known_note
        What the known-on rule says beyond these two, as text.
    known_by_rule
        Whether a law or a register fixes the day from which a row is known, or the day hardly matters: then rows
        without ``known_on`` are no finding of an audit.
    signals
        Whether features are computed from it. Such a table has the feature ``<name>_observed``, its rows count in
        ``events_known`` and ``tables_with_rows``, and a model says whether it was observed in training.
    tells_outcomes
        Whether its events decide a firm's label, so that its last day says until when the data tell outcomes.
    ends_risk
        Whether a firm with a row in it is no longer at risk: it was acquired, listed or closed.
    content
        What it is a table of, in a sentence; its name by default.
    """

    name: str
    event: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    known_from: str = ""
    known_lag: Lag = Lag()
    known_note: str = ""
    known_by_rule: bool = False
    signals: bool = False
    tells_outcomes: bool = False
    ends_risk: bool = False
    content: str = ""

    @property
    def known_rule(self) -> str:
        """The day from which a row without ``known_on`` is known, as text."""
        rule = f"{self.event} + {self.known_lag}" if self.known_lag else self.event
        return (f"{self.known_from}, else {rule}" if self.known_from else rule) + self.known_note

    @property
    def amount(self) -> str:
        """The column with the amount that a row is about, the first one of money; empty for none."""
        return next((column.name for column in self.columns if column.kind is Kind.MONEY), "")

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the table has no such column: nothing outside the contract exists.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(c.name for c in self.columns)}")


# Columns of every table (`rates` has no firms).
FIRM_ID = Column("firm_id", Kind.ID, required=True)
KNOWN_ON = Column("known_on", Kind.DATE)
_CURRENCY = Column("currency", Kind.CURRENCY)

_TABLES = (
    Table(
        name="firms",
        event="founded_on",
        key=(),
        columns=(
            Column("name", Kind.TEXT),
            Column("country", Kind.TEXT),
            Column("region", Kind.TEXT),
            Column("city", Kind.TEXT),
            Column("founded_on", Kind.DATE),
            Column("sectors", Kind.LIST),
            Column("website", Kind.TEXT),
        ),
        known_note=", or the first day one of its events is known if that is earlier; with neither: never",
        known_by_rule=True,
    ),
    Table(
        name="rounds",
        event="announced_on",
        key=("round_id",),
        columns=(
            Column("round_id", Kind.ID, required=True),
            Column("announced_on", Kind.DATE, required=True),
            Column("kind", Kind.CHOICE, required=True, choices=ROUND_KINDS),
            Column("amount", Kind.MONEY),
            _CURRENCY,
            Column("investor_count", Kind.COUNT),
            Column("state_backed_share", Kind.SHARE),
            Column("post_money", Kind.MONEY),
        ),
        signals=True,
        tells_outcomes=True,
    ),
    Table(
        name="grants",
        event="awarded_on",
        key=("grant_id",),
        columns=(
            Column("grant_id", Kind.ID, required=True),
            Column("awarded_on", Kind.DATE, required=True),
            Column("amount", Kind.MONEY),
            _CURRENCY,
            Column("programme", Kind.TEXT),
            Column("level", Kind.CHOICE, choices=GRANT_LEVELS),
            Column("phase", Kind.TEXT),
        ),
        signals=True,
        tells_outcomes=True,
    ),
    Table(
        name="patents",
        event="filed_on",
        key=("patent_id",),
        columns=(
            Column("patent_id", Kind.ID, required=True),
            Column("filed_on", Kind.DATE, required=True),
            Column("published_on", Kind.DATE),
            Column("granted_on", Kind.DATE, happens=True),
            Column("classes", Kind.LIST),
            Column("citations", Kind.COUNT, dated=False),
        ),
        known_from="published_on",
        known_lag=Lag(months=PUBLICATION_MONTHS),
        known_note="; the grant itself from granted_on",
        known_by_rule=True,
        signals=True,
    ),
    Table(
        name="recognitions",
        event="awarded_on",
        key=("scheme", "tier", "awarded_on"),
        columns=(
            Column("scheme", Kind.TEXT, required=True),
            Column("tier", Kind.COUNT, required=True, choices=RECOGNITION_TIERS),
            Column("awarded_on", Kind.DATE, required=True),
            Column("expires_on", Kind.DATE),
        ),
        signals=True,
    ),
    Table(
        name="financials",
        event="period_end",
        key=("period_end",),
        columns=(
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
        known_lag=Lag(days=ACCOUNTS_DAYS),
        known_by_rule=True,
        signals=True,
        content="annual accounts",
    ),
    Table(
        name="investments",
        event="announced_on",
        # The round's own id, where one is stated, tells two rounds of a day apart.
        key=("announced_on", "round_id", "investor"),
        columns=(
            Column("round_id", Kind.ID),
            Column("announced_on", Kind.DATE, required=True),
            Column("investor", Kind.TEXT, required=True),
            Column("kind", Kind.CHOICE, choices=INVESTOR_KINDS),
            Column("country", Kind.TEXT),
            Column("lead", Kind.COUNT, choices=("0", "1")),
            Column("amount", Kind.MONEY),
            _CURRENCY,
        ),
        signals=True,
        content="named investors",
    ),
    Table(
        name="outcomes",
        event="happened_on",
        key=("kind", "happened_on"),
        columns=(
            Column("happened_on", Kind.DATE, required=True),
            Column("kind", Kind.CHOICE, required=True, choices=OUTCOME_KINDS),
            Column("amount", Kind.MONEY),
            _CURRENCY,
        ),
        tells_outcomes=True,
        ends_risk=True,
    ),
)

# Optional, and without firms: the exchange rates that amounts are converted with, instead of the bundled ones.
RATES = Table(
    name="rates",
    event="published_on",
    key=("currency", "published_on"),
    columns=(
        Column("currency", Kind.TEXT, required=True),
        Column("published_on", Kind.DATE, required=True),
        Column("usd", Kind.NUMBER, required=True),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _TABLES})
FIRMS = TABLES["firms"]
EVENT_TABLES = tuple(name for name, table in TABLES.items() if table is not FIRMS)
SIGNAL_TABLES = tuple(name for name in EVENT_TABLES if TABLES[name].signals)
ENDING_TABLES = tuple(name for name in EVENT_TABLES if TABLES[name].ends_risk)
