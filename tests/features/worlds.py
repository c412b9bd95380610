"""Small worlds drawn at random: all tables or some, late knowledge, corrections, missing values, rows to quarantine.

Chance comes from a ``random.Random``: a seeded one, or that of Hypothesis, which makes a failing world small. Many
worlds can be put side by side in one set of tables, since tables cost more to make than rows.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
from hypothesis import strategies as st

from littlegiants.ingest.tables.contract import (
    EVENT_TABLES,
    GRANT_LEVELS,
    OUTCOME_KINDS,
    ROUND_KINDS,
    TABLES,
    Column,
    Kind,
    Table,
)
from littlegiants.ingest.tables.tables import Tables

World = dict[str, list[dict[str, str]]]
Pair = tuple[World, World]

FIRMS = ["a", "b", "c", "d"]
AS_OF = date(2016, 2, 29)
# Both sides of every bound: windows of one, two and more years, publication, accounts, month ends, the label's window.
_BEFORE = "-4000 -1500 -731 -730 -400 -366 -365 -130 -120 -119 -31 -29 -2 -1"
DAYS = [AS_OF + timedelta(days=int(days)) for days in f"{_BEFORE} 0 1 2 31 60 300 400 730 731 900".split()]
DAY = [str(day) for day in DAYS]
LATER = [str(AS_OF + timedelta(days=days)) for days in (1, 2, 31, 400)]
KNOWN = [*DAY, *[""] * len(DAY)]
AMOUNT = ["", "0", "0.01", "250000.5", "1e6", "73000000"]
SIGNED = [*AMOUNT, "-0.01", "-120000", "-5e7"]
COUNT = ["", "0", "1", "7"]
CURRENCY = ["USD", "EUR", "CNY", "USD", ""]
KEY = ["1", "2", "3", "4"]
CELLS: dict[str, dict[str, Sequence[str]]] = {
    "firms": {
        "firm_id": FIRMS,
        "founded_on": KNOWN,
        "sectors": ["", "web", "AI;web", "bio;ai;web", "chips"],
        "region": ["", "Oslo", "Bergen"],
        "country": ["", "NO"],
    },
    "rounds": {
        "firm_id": FIRMS,
        "round_id": KEY,
        "announced_on": DAY,
        "kind": ROUND_KINDS,
        "amount": AMOUNT,
        "currency": CURRENCY,
        "investor_count": COUNT,
        "state_backed_share": ["", "0", "0.3", "1"],
        "post_money": AMOUNT,
    },
    "grants": {
        "firm_id": FIRMS,
        "grant_id": KEY,
        "awarded_on": DAY,
        "amount": AMOUNT,
        "currency": CURRENCY,
        "programme": ["", "EIC", "SBIR"],
        "level": ["", *GRANT_LEVELS],
        "phase": ["", "1", "2"],
    },
    "patents": {
        "firm_id": FIRMS,
        "patent_id": KEY,
        "filed_on": DAY,
        "published_on": KNOWN,
        "granted_on": KNOWN,
        "classes": ["", "G06F1/16", "G06F3/01;H04L9/32", "A61K31/00"],
        "citations": COUNT,
    },
    "recognitions": {
        "firm_id": FIRMS,
        "scheme": ["x", "y"],
        "tier": ["1", "2", "3", "4"],
        "awarded_on": DAY,
        "expires_on": KNOWN,
    },
    "financials": {
        "firm_id": FIRMS,
        "period_end": DAY,
        "revenue": AMOUNT,
        "export_revenue": AMOUNT,
        "rnd_expense": AMOUNT,
        "subsidy_income": AMOUNT,
        "net_profit": SIGNED,
        "operating_cash_flow": SIGNED,
        "cash": AMOUNT,
        "employees": COUNT,
        "currency": CURRENCY,
    },
    "outcomes": {
        "firm_id": FIRMS,
        "happened_on": DAY,
        "kind": OUTCOME_KINDS,
        "amount": AMOUNT,
        "currency": CURRENCY,
    },
}
# What a column of a kind may hold, in a table that is not spelled out above.
OF_KIND: dict[Kind, Sequence[str]] = {
    Kind.ID: KEY,
    Kind.TEXT: ["", "x", "y"],
    Kind.LIST: ["", "ai", "ai;bio"],
    Kind.CURRENCY: CURRENCY,
    Kind.DATE: KNOWN,
    Kind.MONEY: AMOUNT,
    Kind.NUMBER: COUNT,
    Kind.COUNT: COUNT,
    Kind.SHARE: ["", "0", "0.3", "1"],
}


def cells(table: Table, column: Column) -> Sequence[str]:
    """Return what a column may hold, by its kind."""
    some = DAY if column.name == table.event else column.choices or OF_KIND[column.kind]
    return [cell for cell in some if cell] if column.required else some


for declared in TABLES.values():
    CELLS.setdefault(declared.name, {"firm_id": FIRMS, **{c.name: cells(declared, c) for c in declared.columns}})

# So many firms of one kind that the population tells it apart.
CROWD: list[dict[str, str]] = [
    {
        "firm_id": f"x{n:02d}",
        "founded_on": "2009-01-01",
        "sectors": "web",
        "region": "Oslo",
        "country": "NO",
        "known_on": "",
    }
    for n in range(24)
]
# Figures of the day on which the source was read, which no contract knows: they differ between two readings.
CRAWLED = ("funding_total_usd", "status", "last_funding_on")
_FUTURE = [str(day) for day in DAYS if day > AS_OF]


def world(chance) -> World:
    """Return lists of rows by table; every firm has a row that may state no day at all, and some have corrections."""
    drawn_firms = [_row("firms", KNOWN, chance) | {"firm_id": firm} for firm in FIRMS]
    made = {"firms": CROWD + drawn_firms + _rows("firms", DAY, 3, chance)}
    for table in EVENT_TABLES:
        if chance.randint(0, 5):
            made[table] = _rows(table, KNOWN, 5, chance)
            made[table] += _corrections(made[table], table, DAY, chance)
    return made


def future(chance) -> Pair:
    """Return two worlds that agree on all that is known by the as-of date, and on nothing else."""
    one = world(chance)
    other = {name: [row.copy() for row in some] for name, some in past_of(one).items()}
    for table in one:
        some = _rows(table, LATER, 4, chance) + _corrections(other[table], table, LATER, chance)
        # Rows that state no day are known from their event, or by their table's rule.
        undated = [] if table == "firms" else _rows(table, [""], 3, chance)
        other[table] = other[table] + some + [row for row in undated if known_on(table, row) > str(AS_OF)]
    _edit_what_is_yet_to_come(other, chance)
    newcomer = {"firm_id": "e", "founded_on": "2019-01-01", "sectors": "ai", "region": "Texas", "country": "US"}
    other["firms"] = other["firms"] + [newcomer | {"known_on": ""}] * chance.randint(0, 1)
    return one, other


def worlds() -> st.SearchStrategy[World]:
    """Return the strategy of worlds."""
    return st.randoms(use_true_random=False).map(world)


def futures() -> st.SearchStrategy[Pair]:
    """Return the strategy of pairs of worlds with one past."""
    return st.randoms(use_true_random=False).map(future)


def drawn(make, count, number=0):
    """Return so many worlds or pairs of worlds, always the same ones for the same number."""
    return [make(random.Random(f"{number} {place}")) for place in range(count)]  # noqa: S311 - no secret


def _row(table, known, chance):
    return {name: chance.choice(choices) for name, choices in (CELLS[table] | {"known_on": known}).items()}


def _rows(table, known, most, chance):
    return [_row(table, known, chance) for _ in range(chance.randint(0, most))]


def _corrections(some, table, known, chance):
    """Return rows of the same keys that say something else of them; drawn keys seldom meet by themselves."""
    key = ("firm_id", *TABLES[table].key)
    chosen = [row for row in some if row not in CROWD and chance.randint(0, 3) == 0]
    return [_row(table, known, chance) | {column: row[column] for column in key} for row in chosen]


def _edit_what_is_yet_to_come(made, chance):
    """Change what a row known by the as-of date holds of later: a day to come, or a figure that grows undated.

    Values are exchanged one for one, so that rows which contradict each other still do, and copies are still copies.
    """
    days, counts = _exchange(["", *_FUTURE], chance), _exchange(COUNT, chance)
    for row in made.get("patents", []):
        row["granted_on"] = days.get(row["granted_on"], row["granted_on"])
        if not row["known_on"]:
            row["citations"] = counts[row["citations"]]
    for row in made["firms"]:
        row["founded_on"] = days.get(row["founded_on"], row["founded_on"])


def _exchange(values, chance):
    turn = chance.randint(0, len(values) - 1)
    return dict(zip(values, values[turn:] + values[:turn], strict=True))


def load(made, crawled="1"):
    return Tables.from_frames(frames(made, crawled))


def frames(made, crawled="1"):
    tables = {name: pd.DataFrame(some, columns=[*CELLS[name], "known_on"], dtype="str") for name, some in made.items()}
    return {name: table.assign(**dict.fromkeys(CRAWLED, crawled)) for name, table in tables.items()}


def known_on(table, row):
    """Return the day on which a row of an event table is known: the contract's rule, written once more."""
    event = row[TABLES[table].event]
    default = event
    if table == "patents":
        default = row["published_on"] or str(pd.Timestamp(event).date() + pd.DateOffset(months=18))[:10]
    if table == "financials":
        default = str(date.fromisoformat(event) + timedelta(days=120))
    return max(row["known_on"] or default, event)


def past_of(made):
    """Return the rows known by the as-of date, and those of firms that do not state a day (it may lie before it)."""
    past = {
        name: [row for row in some if known_on(name, row) <= str(AS_OF)]
        for name, some in made.items()
        if name != "firms"
    }
    return {"firms": [row for row in made["firms"] if row["known_on"] <= str(AS_OF)], **past}


def undisputed(made):
    """Return a world in which no row is quarantined: each key once on each day, money in dollars, firms long known."""
    firms = sorted({row["firm_id"] for row in made["firms"]})
    plain = {"firms": [{"firm_id": firm, "founded_on": "2001-01-01", "known_on": ""} for firm in firms]}
    for table in [name for name in made if name != "firms"]:
        keys = ["firm_id", *TABLES[table].key]
        once = {(*(row[key] for key in keys), known_on(table, row)): row for row in made[table]}
        money = {"currency": "USD"} if "currency" in CELLS[table] else {}
        plain[table] = [row | money for row in once.values()]
    return plain


def side_by_side(several) -> World:
    """Return one world that holds several, the firms of each under ids of their own."""
    together: World = {"firms": list(CROWD)}
    for number, made in enumerate(several):
        for name, some in made.items():
            own = [row for row in some if row not in CROWD]
            together.setdefault(name, []).extend(row | {"firm_id": f"{row['firm_id']}{number:02d}"} for row in own)
    return together
