"""The files of a simulation, read as any user would."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.training.labels import MARKET, STALLED, SUBSIDISED, LabelRule, label
from littlegiants.training.simulator.run import LABELS, Simulation, simulate

pytestmark = pytest.mark.slow

FIRMS = 3_000
END = date(2025, 12, 31)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("simulation"), firms=FIRMS)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def truth_of(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "truth" / "truth.parquet")


def test_every_table_has_the_columns_of_the_contract(made):
    for name, spec in TABLES.items():
        header = (made.out / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
        assert [column for column in header if column != "known_on"] == ["firm_id", *(c.name for c in spec.columns)]


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_a_reader_quarantines_nothing(fmt, made, tmp_path):
    folder = made.out if fmt == "csv" else simulate(tmp_path / "data", firms=FIRMS, fmt=fmt).out
    tables = read_tables(folder)
    assert {sums.table: sums.used for sums in tables.reconciliations} == made.rows
    assert sum(sums.quarantined for sums in tables.reconciliations) == 0


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(made, tmp_path):
    again = simulate(tmp_path / "again", firms=FIRMS)
    other = simulate(tmp_path / "other", firms=FIRMS, seed=8)
    assert digests(again.out) == digests(made.out)
    assert not set(digests(other.out).values()) & set(digests(made.out).values())
    assert again.rows == made.rows
    assert again.base_rates == made.base_rates


def test_left_out_tables_are_absent_and_the_others_unchanged(made, tmp_path):
    partial = simulate(tmp_path / "partial", firms=FIRMS, without=["patents", "financials"])
    expected = {name: d for name, d in digests(made.out).items() if name not in ("patents.csv", "financials.csv")}
    assert digests(partial.out) == expected
    assert partial.rows == {name: rows for name, rows in made.rows.items() if name not in ("patents", "financials")}


def test_a_second_simulation_leaves_nothing_of_the_first(tmp_path):
    simulate(tmp_path, firms=60, fmt="parquet")
    simulate(tmp_path, firms=60, without=["grants"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["truth", *(f"{name}.csv" for name in TABLES if name != "grants")]
    )


@pytest.mark.parametrize("firms", [1, 50])
def test_tiny_simulations_hold_together(firms, tmp_path):
    made = simulate(tmp_path, firms=firms)
    tables = read_tables(tmp_path)
    assert made.rows["firms"] == len(tables) == firms
    assert all(sums.quarantined == 0 for sums in tables.reconciliations)


def test_tables_that_no_simulation_wrote_are_never_replaced(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\nreal\n")
    with pytest.raises(ConfigError, match="tables that were not simulated; give another folder"):
        simulate(tmp_path, firms=60)
    assert (tmp_path / "firms.csv").read_text() == "firm_id\nreal\n"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"firms": 0}, "firms is 0; simulate at least 1"),
        ({"seed": -1}, "seed is -1; give a whole number from 0 on"),
        ({"without": ["firms"]}, "without names firms; tables that can be left out are rounds, grants"),
        ({"without": ["round"]}, "without names round; tables"),
        ({"fmt": "xlsx"}, "fmt is 'xlsx'; write one of csv, parquet"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(wrong, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        simulate(tmp_path / "out", **wrong)
    assert not (tmp_path / "out").exists()


def test_progress_names_every_step(tmp_path):
    steps: list[str] = []
    simulate(tmp_path, firms=60, progress=steps.append)
    assert steps == ["economy", *TABLES, "truth"]


def test_the_truth_has_a_row_for_every_firm_at_risk_and_no_other(made):
    truth, firms = truth_of(made.out), pd.read_csv(made.out / "firms.csv", parse_dates=["founded_on"])
    outcomes = pd.read_csv(made.out / "outcomes.csv", parse_dates=["happened_on"])
    left = firms.firm_id.map(outcomes.groupby("firm_id").happened_on.first())
    for day in ("2008-12-31", "2015-06-30", "2023-12-31", "2025-12-31"):
        as_of = pd.Timestamp(day)
        at_risk = set(firms.firm_id[(firms.founded_on <= as_of) & ~(left <= as_of)])
        rows = truth[truth.as_of_date == as_of.date()]
        assert len(rows) == len(at_risk)
        assert set(rows.firm_id) == at_risk
    assert truth.as_of_date.nunique() == 35  # every June and December from 2008-12 to 2025-12
    assert list(truth.columns) == ["firm_id", "as_of_date", *(f"p_{name}" for name in LABELS)]
    np.testing.assert_allclose(truth[[f"p_{name}" for name in LABELS]].sum(axis=1), 1, atol=1e-12)


def labels_of_the_files(folder: Path, as_of: str) -> pd.Series:
    """Outcome of each firm by the definition, from the files and with pandas alone."""
    start = pd.Timestamp(as_of)
    end = start + pd.DateOffset(months=24)
    rounds, grants, outcomes = (pd.read_csv(folder / f"{name}.csv") for name in ("rounds", "grants", "outcomes"))
    usd = rounds.amount * rounds.currency.map({"USD": 1.0, "EUR": 1.2, "CNY": 0.145})
    private = rounds.kind.isin(["angel", "seed", "venture", "series_a", "series_b", "series_c_plus", "private_equity"])
    market = rounds[private & (usd >= 1e6) & ~(rounds.state_backed_share > 0.5)]
    exits = outcomes[outcomes.kind != "closure"]
    label = pd.Series("stalled", pd.read_csv(folder / "firms.csv").firm_id)
    for name, events, column in (
        ("subsidised", grants, "awarded_on"),
        ("market", market, "announced_on"),
        ("market", exits, "happened_on"),
    ):
        day = pd.to_datetime(events[column])
        label[events.firm_id[(day > start) & (day <= end)].unique()] = name
    return label


@pytest.mark.parametrize("as_of", ["2012-12-31", "2017-06-30", "2023-12-31"])
def test_labels_from_the_files_are_what_came_of_each_firm(made, as_of):
    (rates,) = (r for r in made.base_rates if str(r.as_of_date) == as_of)
    truth = truth_of(made.out)
    at_risk = truth.firm_id[truth.as_of_date == date.fromisoformat(as_of)]
    shares = labels_of_the_files(made.out, as_of)[at_risk].value_counts(normalize=True)
    assert tuple(shares[name] for name in LABELS) == pytest.approx(rates.realised, abs=1e-12)
    p = truth.loc[at_risk.index, [f"p_{name}" for name in LABELS]]
    assert tuple(p.mean()) == pytest.approx(rates.expected)


@pytest.mark.parametrize("as_of", ["2012-12-31", "2023-12-31"])
def test_the_labels_of_training_are_the_same(made, as_of):
    tables = read_tables(made.out)
    truth = truth_of(made.out)
    at_risk = truth.firm_id[truth.as_of_date == date.fromisoformat(as_of)]
    codes = pd.Index(tables.firm_ids).get_indexer(pd.Index(at_risk)).astype(np.int64)
    trained = label(tables, codes, date.fromisoformat(as_of), END, LabelRule())
    names = {MARKET: "market", SUBSIDISED: "subsidised", STALLED: "stalled"}
    assert [names[int(code)] for code in trained] == labels_of_the_files(made.out, as_of)[at_risk].tolist()


def test_base_rates_are_realised_only_for_windows_that_are_observed(made):
    observed = [rates.as_of_date for rates in made.base_rates if rates.realised is not None]
    assert observed[0] == date(2008, 12, 31)
    assert observed[-1] == date(2023, 12, 31)


def test_names_places_and_currencies_are_of_many_countries(made):
    firms = pd.read_csv(made.out / "firms.csv")
    chinese = firms.name.str.contains("[\u4e00-\u9fff]")
    assert (chinese == (firms.country == "CN")).all()
    assert 0.45 < chinese.mean() < 0.55
    assert set(firms.country) >= {"CN", "DE", "FR", "US"}
    for table in ("rounds", "grants", "financials"):
        money = pd.read_csv(made.out / f"{table}.csv").merge(firms[["firm_id", "country"]])
        assert set(money.currency) == {"CNY", "EUR", "USD"}
        assert (money.currency == money.country.map({"CN": "CNY", "US": "USD"}).fillna("EUR")).all()


def test_amounts_are_written_plainly(made):
    for table in ("rounds", "grants", "financials", "outcomes"):
        text = pd.read_csv(made.out / f"{table}.csv", dtype=str)
        for column in {"amount", "post_money", "revenue", "subsidy_income", "employees"} & set(text.columns):
            assert text[column].dropna().str.fullmatch(r"\d+").all()


def test_nothing_in_the_files_is_later_than_the_end(made):
    for name, spec in TABLES.items():
        table = pd.read_csv(made.out / f"{name}.csv")
        dates = [c.name for c in spec.columns if c.kind == "date" and c.name != "expires_on"]
        for column in {*dates, "known_on"} & set(table.columns):
            assert table[column].dropna().max() <= END.isoformat()
