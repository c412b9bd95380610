"""Checks of what rows say, by hand."""

import pandas as pd
import pytest

from littlegiants.ingest.audit.run import audit_tables
from littlegiants.ingest.errors import TableError
from tests.ingest.audit.conftest import checks, found, sums

OUTCOMES = "firm_id happened_on kind\n"


def firms(count: int) -> str:
    return "\n".join(["firm_id", *(f"f{number}" for number in range(count))])


def amounts(*groups: tuple[int, str, float, int]) -> pd.DataFrame:
    """Rounds by (year, currency, amount, how many)."""
    rows = [(year, code, value) for year, code, value, times in groups for _ in range(times)]
    return pd.DataFrame(
        {
            "firm_id": "a",
            "round_id": [str(number) for number in range(len(rows))],
            "announced_on": [f"{year}-05-05" for year, _, _ in rows],
            "kind": "seed",
            "amount": [str(value) for _, _, value in rows],
            "currency": [code for _, code, _ in rows],
        }
    )


def test_exits_without_a_date(export):
    # Two in the importer's file (the third is of no firm there is), one row set apart, one dated.
    folder = export(firms=firms(4), outcomes=f"{OUTCOMES}f0 2012-05-05 ipo\nf1 - acquisition")
    (folder / "undated_exits.csv").write_text("firm_id,kind,source\nf2,closure,x\nf3,ipo,x\nzz,ipo,x\n")
    assert sums(folder, "undated_exits", "outcomes")[:2] == (3, 4)
    audit = audit_tables(folder)
    closed = found(audit, "no_closures", "outcomes.kind")
    assert (closed.count, closed.of, closed.severity, closed.detail) == (
        0,
        4,
        "caution",
        "1 more closed on an unknown day",
    )
    assert (found(audit, "no_exits", "outcomes").count, found(audit, "no_exits", "outcomes").severity) == (3, "fine")


def test_survivors_only(export):
    folder = export("some", firms=firms(3), outcomes=f"{OUTCOMES}f0 2012-05-05 acquisition")
    assert sums(folder, "no_exits", "outcomes") == (1, 3, "fine")
    assert sums(folder, "no_closures", "outcomes.kind") == (0, 3, "serious")
    for name, tables in (("empty", {"outcomes": OUTCOMES.strip()}), ("absent", {})):
        folder = export(name, firms=firms(3), **tables)
        assert sums(folder, "no_exits", "outcomes") == (0, 3, "serious")
        assert sums(folder, "no_closures", "outcomes.kind") == (0, 3, "serious")


def test_a_closure_counts_its_firm_once(export):
    folder = export(firms=firms(3), outcomes=f"{OUTCOMES}f0 2012-05-05 closure\nf0 2013-05-05 closure")
    assert sums(folder, "no_closures", "outcomes.kind") == (1, 3, "fine")


def test_undated_exits_must_have_its_columns(export):
    folder = export(firms=firms(1))
    (folder / "undated_exits.csv").write_text("firm,kind\nf0,ipo\n")
    with pytest.raises(TableError, match=r"undated_exits\.csv: column 'firm_id' is missing; it has firm, kind"):
        audit_tables(folder)


def test_columns(export):
    # Ten rounds: kind is required, amounts are all the same, investors never told; one post_money is no constant.
    rounds = amounts((2012, "USD", 5, 10)).assign(investor_count="", post_money=["7", *[""] * 9])
    folder = export(rounds=rounds)
    audit = audit_tables(folder)
    constant = {f.place: (f.count, f.of, f.severity, f.detail) for f in audit.findings if f.check == "constant_column"}
    assert constant == {
        "rounds.amount": (10, 10, "caution", "5"),
        "rounds.currency": (10, 10, "note", "USD"),
    }
    empty = {f.place: (f.count, f.of, f.severity) for f in audit.findings if f.check == "never_filled"}
    assert empty == {
        "rounds.investor_count": (10, 10, "note"),
        "rounds.state_backed_share": (10, 10, "note"),
    }


def test_unit_jump_from_one_year_to_the_next(export):
    # Medians 2e6, 2e6, 2e2, 2e2: one step of three, 万元 entered as 元 from 2012 on; the euro's own years have no step.
    folder = export(
        rounds=amounts(
            *((year, "CNY", 2_000_000, 10) for year in (2010, 2011)),
            *((year, "CNY", 200, 10) for year in (2012, 2013)),
            *((year, "EUR", 300, 10) for year in (2010, 2014)),
        )
    )
    jump = found(audit_tables(folder), "unit_jump", "rounds.amount")
    assert (jump.count, jump.of, jump.severity) == (1, 4, "serious")
    assert jump.detail == "CNY 2012: median 200 after 2,000,000"


@pytest.mark.parametrize(("factor", "steps"), [(1_000, 1), (999, 0)])
def test_a_jump_is_a_thousandfold(export, factor, steps):
    folder = export(rounds=amounts((2010, "USD", 7, 10), (2011, "USD", 7 * factor, 10)))
    assert sums(folder, "unit_jump", "rounds.amount")[:2] == (steps, 1)


def test_years_of_few_amounts_are_not_judged(export):
    folder = export(rounds=amounts((2010, "USD", 7, 10), (2011, "USD", 7_000_000, 9)))
    assert ("unit_jump", "rounds.amount") not in checks(folder)


def test_unit_between_currencies(export):
    # 500 yuan, which stand for 5,000,000, beside USD 1 m: at 0.14 to 0.16 dollars some 70 to 80 dollars.
    folder = export(rounds=amounts((2012, "CNY", 500, 10), (2012, "USD", 1_000_000, 10), (2012, "EUR", 800_000, 12)))
    odd = found(audit_tables(folder), "unit_between_currencies", "rounds.amount")
    assert (odd.count, odd.of, odd.severity) == (1, 3, "serious")
    assert odd.detail.startswith("CNY: median of USD 77 beside 1,")
    assert ("unit_between_currencies", "rounds.amount") not in checks(
        export("one", rounds=amounts((2012, "CNY", 500, 20), (2012, "USD", 1_000_000, 9)))
    )


def test_outliers(export):
    # Among twelve amounts with the median 200: 2,000,000 is ten thousand times as much, 1,999,990 is not; 0 has none.
    folder = export(
        rounds=amounts(
            (2012, "USD", 200, 10), (2012, "USD", 2_000_000, 1), (2012, "USD", 1_999_990, 1), (2012, "USD", 0, 3)
        )
    )
    assert sums(folder, "unit_outlier", "rounds.amount")[:2] == (1, 12)


def accounts(**figures: list[float]) -> pd.DataFrame:
    """Revenue by firm, a year each from 2010 on."""
    rows = [
        (firm, f"{2010 + n}-12-31", str(value)) for firm, values in figures.items() for n, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["firm_id", "period_end", "revenue"]).assign(currency="CNY")


def test_t12_an_amount_in_another_unit_than_the_firm_s_others_raises_an_alarm(export):
    # 600 万元 as 600 元 beside 5, 5.5 and 7 million; 290 元 as 290 万元; b grows tenfold a year: 31.6 times its median.
    folder = export(
        financials=accounts(a=[5e6, 5.5e6, 600, 7e6], b=[1e3, 1e4, 1e5, 1e6], c=[300, 2.9e6, 310], d=[500, 5e6])
    )
    one = found(audit_tables(folder), "unit_own_history", "financials.revenue")
    assert (one.count, one.of, one.severity, one.detail) == (2, 11, "serious", "a, c")


@pytest.mark.parametrize(("amount", "count"), [(5_000_000, 1), (4_990_000, 0)])
def test_an_amount_is_strange_to_its_firm_from_a_thousandfold_on(amount, count, export):
    # All dollars, whose rate never moves.
    folder = export(rounds=amounts((2012, "USD", 5_000, 3), (2013, "USD", amount, 1)))
    assert sums(folder, "unit_own_history", "rounds.amount")[:2] == (count, 4)


def test_t12_an_amount_in_another_unit_than_its_peers_raises_an_alarm(export):
    table = accounts(**{f"f{n}": [2e6 + n] for n in range(40)}, odd=[200.0])
    one = found(audit_tables(export(financials=table)), "unit_outlier", "financials.revenue")
    assert (one.count, one.of, one.severity) == (1, 41, "note")


def test_t12_a_loss_is_no_unit(export):
    table = (
        accounts(a=[5e6, 5e6, 5e6]).rename(columns={"revenue": "net_profit"}).assign(net_profit=["-1", "-5e6", "-9e6"])
    )
    assert ("unit_own_history", "financials.net_profit") not in checks(export(financials=table))


def test_duplicate_names(export):
    # "IBM" is too short to tell firms apart; an empty name is none.
    table = pd.DataFrame(
        {
            "firm_id": list("abcdefg"),
            "name": ["Acme Robotics, Inc.", "ACME ROBOTICS LLC", "Other Firm", "IBM", "IBM", "", ""],
        }
    )
    audit = audit_tables(export(firms=table))
    shared = found(audit, "duplicate_name", "firms.name")
    assert (shared.count, shared.of, shared.detail) == (2, 3, "such as acme robotics")
