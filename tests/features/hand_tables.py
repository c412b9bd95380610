"""Small tables written by hand, with the numbers that each column must give; and a larger universe for invariances."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import BUILDERS, Builder
from littlegiants.features.population.groups import SEPARATOR
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES
from littlegiants.ingest.tables.tables import Tables
from tests.features.worlds import cells

MONTH = 30.4375  # days
YEAR = 365.25  # days
NONE = math.nan
BY_NAME: dict[str, Builder] = {builder.__name__: builder for builder in BUILDERS}


@dataclass(frozen=True)
class Case:
    """Tables as text (blank-separated, ``-`` for an empty field), a date, and what each column must be for each firm.

    Without a ``firms`` table, the firms are those of the other tables; where it does not say since when they are known,
    they are since 2000. ``population`` is the long table of
    `Population.to_frame`, its months written ``2019-05`` and the parts of a joined key separated by ``|``.
    """

    title: str
    as_of: str
    tables: Mapping[str, str]
    expected: Mapping[str, Mapping[str, float]]
    population: str = ""
    through: str = "2030-12-31"
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.expected))

    def __str__(self) -> str:
        return self.title

    def snapshot(self) -> Snapshot:
        parts = {name: frame(text) for name, text in self.tables.items()}
        if "firms" not in parts:
            ids = pd.concat([part["firm_id"] for part in parts.values()]).unique()
            parts["firms"] = pd.DataFrame({"firm_id": ids})
        if "known_on" not in parts["firms"]:
            parts["firms"]["known_on"] = "2000-01-01"
        tables = Tables.from_frames(parts)
        assert tables.quarantine.frame().empty, tables.quarantine.frame().to_string()
        return Snapshot(tables, date.fromisoformat(self.as_of), population(self.population, self.through))


def frame(text: str) -> pd.DataFrame:
    """Read a table from text."""
    header, *rows = (line.split() for line in text.strip().splitlines())
    return pd.DataFrame([["" if cell == "-" else cell for cell in row] for row in rows], columns=header, dtype="str")


def population(text: str, through: str = "2030-12-31") -> Population:
    """Read a population from text."""
    if not text:
        return Population.empty()
    table = frame(text)
    months = pd.to_datetime(table["month"] + "-01")
    table["month"] = (months.dt.year - 1970) * 12 + months.dt.month - 1
    table["key"] = table["key"].str.replace("|", SEPARATOR, regex=False)
    table["count"] = table["count"].astype("int64")
    return Population.from_frame(table, date.fromisoformat(through))


def check(case: Case) -> None:
    """Compare every expected number of a case."""
    snapshot = case.snapshot()
    place = {firm: row for row, firm in enumerate(snapshot.firm_ids)}
    wrong = []
    for column, firms in case.expected.items():
        values = BY_NAME[column](snapshot)
        for firm, expected in firms.items():
            if values[place[firm]] != pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True):
                wrong.append(f"{column} of {firm}: {values[place[firm]]!r}, expected {expected!r}")
    assert not wrong, "\n".join(wrong)


def universe(firms: int = 75) -> dict[str, pd.DataFrame]:
    """Return frames of all tables with gaps, ties, late knowledge, corrections and several currencies."""
    rng = np.random.default_rng(20)
    names = np.array([f"f{number:03d}" for number in range(firms)], object)

    def days(count: int, first: str = "2009-01-01", last: str = "2020-12-31") -> np.ndarray:
        low, high = np.datetime64(first, "D"), np.datetime64(last, "D")
        return low + rng.integers(0, (high - low).astype(int), count)

    def gappy(values: np.ndarray, share: float = 0.2) -> np.ndarray:
        text = values.astype(str).astype(object)
        text[rng.random(len(text)) < share] = ""
        return text

    def several(choices: str) -> Callable[[], str]:
        tokens = choices.split()
        return lambda: ";".join(rng.choice(tokens, rng.integers(0, 4)))

    def amounts(count: int) -> np.ndarray:
        return np.round(10 ** rng.uniform(3, 7.5, count), 2)

    def events(key: str, day: str, count: int, **columns: np.ndarray) -> pd.DataFrame:
        # Few firms have most rows, some have none; days are drawn from few, so that ties within a firm are common.
        firm = names[np.minimum(rng.geometric(3 / firms, count) - 1, firms - 2)]
        pool = days(60)
        table = pd.DataFrame({"firm_id": firm, day: pool[rng.integers(0, 60, count)].astype(str), **columns})
        if key:
            table[key] = [f"{key}{number}" for number in range(count)]
        table["known_on"] = ""
        late = rng.random(count) < 0.2
        table.loc[late, "known_on"] = days(int(late.sum())).astype(str)
        again = table[rng.random(count) < 0.15].copy()
        again["known_on"] = "2021-01-31"
        for column in set(again) & {"amount", "revenue", "citations", "expires_on"}:
            again[column] = "2019-06-30" if column == "expires_on" else "777777"
        return pd.concat([table, again], ignore_index=True).astype("str")

    results = np.random.default_rng(21)  # of their own, so that the other tables stay as they are
    own = np.random.default_rng(22)  # likewise

    def signed(count: int) -> np.ndarray:
        figures = np.round(results.choice([-1, 1, 1], count) * 10 ** results.uniform(3, 7, count), 2)
        return np.where(results.random(count) < 0.2, "", figures.astype(str)).astype(object)

    def pick(choices: str, count: int) -> np.ndarray:
        return rng.choice(np.array(choices.split(), object), count)

    sectors, classes = several("ai bio web chips energy"), several("G06F1/16 G06F3/01 H04L9/32 A61K31/00 B60L50/60")
    frames = {
        "firms": pd.DataFrame(
            {
                "firm_id": names,
                "country": pick("US US NO -", firms),
                "region": pick("Oslo Bergen Texas", firms),
                "founded_on": gappy(days(firms, "2005-01-01", "2015-12-31"), 0.3),
                "sectors": [sectors() for _ in names],
            }
        ).astype("str"),
        "rounds": events(
            "round_id",
            "announced_on",
            300,
            kind=pick("seed angel series_a series_b venture debt secondary private_equity undisclosed", 300),
            amount=gappy(amounts(300)),
            currency=pick("USD EUR CNY", 300),
            investor_count=gappy(rng.integers(1, 9, 300)),
            state_backed_share=gappy(rng.random(300)),
            post_money=gappy(amounts(300), 0.6),
        ),
        "grants": events(
            "grant_id",
            "awarded_on",
            200,
            amount=gappy(amounts(200)),
            currency=pick("USD EUR CNY", 200),
            level=gappy(pick("local provincial national supranational", 200)),
            programme=own.choice(np.array(["", "SBIR", "EIC", "torch"], object), 200),
            phase=own.choice(np.array(["", "1", "Phase I", "II", "3"], object), 200),
        ),
        "patents": events(
            "patent_id",
            "filed_on",
            250,
            granted_on=gappy(days(250, "2020-12-31", "2023-12-31"), 0.6),
            published_on=np.full(250, "", object),
            classes=np.array([classes() for _ in range(250)], object),
            citations=gappy(rng.integers(0, 30, 250)),
        ),
        "recognitions": events(
            "",
            "awarded_on",
            150,
            scheme=np.array([f"scheme{number}" for number in range(150)], object),
            tier=rng.integers(1, 5, 150).astype(str),
            expires_on=gappy(days(150, "2021-01-01", "2024-12-31"), 0.7),
        ),
        "financials": events(
            "",
            "period_end",
            200,
            revenue=gappy(amounts(200)),
            export_revenue=gappy(amounts(200)),
            rnd_expense=gappy(amounts(200)),
            subsidy_income=gappy(amounts(200)),
            net_profit=signed(200),
            operating_cash_flow=signed(200),
            cash=np.char.lstrip(signed(200).astype(str), "-").astype(object),
            employees=gappy(rng.integers(0, 200, 200)),
            currency=pick("USD EUR", 200),
        ),
        "outcomes": events("", "happened_on", 60, kind=pick("acquisition ipo closure", 60)),
    }
    frames["investments"] = events(
        "round_id",
        "announced_on",
        400,
        # Few investors, some spelled in two ways, so that many share a firm and a day.
        investor=pick("Acorn ACORN Birch Cedar Dune Elm Fir Gorse Hazel Iris", 400),
        kind=pick("angel venture corporate state -", 400),
        lead=gappy(rng.integers(0, 2, 400), 0.5),
        amount=gappy(amounts(400), 0.7),
        currency=pick("USD EUR", 400),
    ).replace("-", "")
    _publish(frames["patents"])
    return frames | _others(frames, events, own)


def _others(frames: Mapping[str, pd.DataFrame], events: Callable, random: np.random.Generator) -> dict:
    """Return frames of the tables that are not spelled out: values by their kind, keys without repeats."""
    made = {}
    for table in (TABLES[name] for name in EVENT_TABLES if name not in frames):
        columns = {c.name: random.choice(np.array(cells(table, c), object), 150) for c in table.columns}
        columns |= {key: np.array([f"{key}{number}" for number in range(150)], object) for key in table.key}
        del columns[table.event]
        made[table.name] = events("", table.event, 150, **columns)
    return made


def _publish(patents: pd.DataFrame) -> None:
    """Have a third of the patents granted soon enough to be seen, and a quarter state when they were published."""
    random = np.random.default_rng(23)
    filed = patents["filed_on"].to_numpy("datetime64[D]")
    for column, share, months in (("granted_on", 0.33, 70), ("published_on", 0.25, 24)):
        later = filed + random.integers(100, 30 * months, len(filed))
        patents.loc[random.random(len(filed)) < share, column] = pd.Series(later.astype(str))
