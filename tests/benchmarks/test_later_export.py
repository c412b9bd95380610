"""What came of firms by a later export: the judge's label, on exports made by hand."""

import sys
from datetime import date
from importlib import import_module

import numpy as np
import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.labels import MARKET, STALLED
from tests.benchmarks.commands import ROOT

AS_OF = date(2013, 10, 1)
COMPANIES = "permalink,name,category_list,status,country_code,state_code,region,city,founded_at"
ROUNDS = "company_permalink,funding_round_permalink,funding_round_type,funding_round_code,funded_at,raised_amount_usd"
ACQUISITIONS = "company_permalink,acquired_at,price_amount,price_currency_code"
# Of each firm: its rounds as (type, code, day, amount), its acquisition, and what came of it by the judge's rule.
FIRMS = {
    "acquired-next-day": ([], "2013-10-02", MARKET),
    "acquired-that-day": ([], "2013-10-01", None),
    "angel": ([("angel", "", "2014-05-01", "1000000")], "", MARKET),
    "convertible": ([("convertible_note", "", "2014-05-01", "5000000")], "", STALLED),
    "crowd": ([("equity_crowdfunding", "", "2014-05-01", "5000000")], "", STALLED),
    "debt": ([("debt_financing", "", "2014-05-01", "5000000")], "", STALLED),
    "equity": ([("private_equity", "", "2014-05-01", "5000000")], "", MARKET),
    "granted": ([("grant", "", "2014-05-01", "5000000")], "", STALLED),
    "last-day": ([("venture", "A", "2015-12-03", "5000000")], "", MARKET),
    "listed-before": ([("post_ipo_equity", "", "2014-05-01", "5000000")], "", STALLED),
    "no-amount": ([("venture", "B", "2014-05-01", "")], "", STALLED),
    "that-very-day": ([("venture", "", "2013-10-01", "5000000")], "", STALLED),
    "too-late": ([("venture", "C", "2015-12-04", "5000000")], "", STALLED),
    "too-little": ([("seed", "", "2014-05-01", "999999")], "", STALLED),
    "undisclosed": ([("undisclosed", "", "2014-05-01", "5000000")], "", STALLED),
}


@pytest.fixture(scope="module")
def benchmarks():
    """The benchmark's modules, which lie beside the commands."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        return import_module("later_export"), import_module("crunchbase_2013")
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture(scope="module")
def later(benchmarks, tmp_path_factory):
    """The three files of an export, in which nobody invests."""
    folder = tmp_path_factory.mktemp("export")
    companies = [f"/organization/{name},{name},Web,operating,USA,CA,SF Bay,Palo Alto,2010-05-01" for name in FIRMS]
    rounds = [
        f"/organization/{name},/funding-round/{name}-{number},{','.join(fields)}"
        for name, (some, _, _) in FIRMS.items()
        for number, fields in enumerate(some)
    ]
    acquired = [f"/organization/{name},{day},," for name, (_, day, _) in FIRMS.items() if day]
    for name, header, lines in (
        ("companies", COMPANIES, companies),
        ("rounds", ROUNDS, rounds),
        ("acquisitions", ACQUISITIONS, acquired),
    ):
        (folder / f"{name}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return benchmarks[0].read_later(folder, tmp_path_factory.mktemp("scratch"))


def outcomes(benchmarks, later, outcome):
    module, command = benchmarks
    return module.outcomes_of(later.tables, sorted([*FIRMS, "vanished"]), command.configuration(outcome, False), AS_OF)


def test_each_firm_by_the_rule_of_the_judge(benchmarks, later):
    found = outcomes(benchmarks, later, "market")
    expected = {name: came for name, (_, _, came) in FIRMS.items() if came is not None} | {"vanished": STALLED}
    labels = np.where(found.labels == MARKET, MARKET, STALLED)  # the judge does not tell subsidised from stalled
    assert dict(zip(found.firm_ids, labels.tolist(), strict=True)) == expected
    assert found.firm_ids[~found.named].tolist() == ["vanished"]
    assert found.left_before == 1


def test_only_an_acquisition_is_an_exit(benchmarks, later):
    found = outcomes(benchmarks, later, "acquisition")
    assert found.firm_ids[found.labels == MARKET].tolist() == ["acquired-next-day"]


def test_every_row_of_the_three_files_is_accounted_for(later):
    assert f"companies.csv: {len(FIRMS)} read = {len(FIRMS)} used + 0 quarantined" in later.said
    assert "acquisitions.csv: 2 read = 2 used + 0 quarantined" in later.said


def test_listings_cannot_be_judged(benchmarks):
    benchmarks[0].check_outcome("exit")
    with pytest.raises(ConfigError, match="knows no date of a listing"):
        benchmarks[0].check_outcome("listed")
