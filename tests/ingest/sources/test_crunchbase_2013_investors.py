"""Investors joined to the rounds of an export, by hand-made files and by the real list."""

import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.crunchbase_2013_investors import import_crunchbase_2013_investors

FIRMS = """firm_id,name
acme,Acme
acme-inc,"Acme, Inc."
zeta,Zeta
zeta-2,Zeta
bolt,Bolt
"""
ROUNDS = """firm_id,round_id,announced_on,kind,amount,currency
acme,r1,2010-01-01,seed,500000,USD
acme-inc,r2,2010-01-01,seed,100,USD
acme-inc,r3,2011-01-01,seed,100,USD
zeta,r4,2010-01-01,seed,,
zeta-2,r5,2010-01-01,seed,,
zeta-2,r6,2012-01-01,seed,,
bolt,r7,2010-01-01,seed,500000,USD
bolt,r8,2010-01-01,series_a,900000,USD
"""


@pytest.fixture
def folder(tmp_path):
    out = tmp_path / "tables"
    out.mkdir()
    (out / "firms.csv").write_text(FIRMS, encoding="utf-8")
    (out / "rounds.csv").write_text(ROUNDS, encoding="utf-8")
    return out


@pytest.fixture
def joined(tmp_path, folder):
    def join(*lines):
        path = tmp_path / "investments.csv"
        path.write_text("\n".join(["company_name,investor_name,funded_when,amount_usd", *lines]) + "\n")
        return import_crunchbase_2013_investors(path, folder)

    return join


def rows(imported):
    return imported.frames["investments"][["firm_id", "round_id", "investor"]].to_numpy().tolist()


def codes(imported):
    found = imported.quarantine.frame()
    return dict(zip(found["row"].tolist(), found["code"].tolist(), strict=True))


def test_the_name_as_printed_decides_and_else_the_one_that_agrees_and_has_a_round_that_day(joined):
    imported = joined(
        "Acme,Ada,2010-01-01,500000",
        '"Acme, Inc.",Ada,2010-01-01,100',
        "ACME,Ada,2011-01-01,100",
        "Zeta,Ada,2012-01-01,",
    )
    assert rows(imported) == [
        ["acme", "r1", "Ada"],
        ["acme-inc", "r2", "Ada"],
        ["acme-inc", "r3", "Ada"],
        ["zeta-2", "r6", "Ada"],
    ]


def test_a_firm_that_is_not_certain_is_reported_and_not_used(joined):
    imported = joined(
        "Zeta,Ada,2010-01-01,",  # two firms of the name have a round that day
        "ACME,Ada,2010-01-01,100",  # two of a name that agrees
        "Acme,Ada,2010-01-02,500000",  # no round that day
        "Nobody,Ada,2010-01-01,1",
    )
    assert rows(imported) == []
    assert codes(imported) == {
        1: "ambiguous_firm",
        2: "ambiguous_firm",
        3: "missing_record",
        4: "unmatched_firm",
    }
    review = imported.beside["review_investments"]
    assert review[["row", "candidates"]].to_numpy().tolist() == [[1, "zeta;zeta-2"], [2, "acme;acme-inc"]]


def test_of_two_rounds_of_a_day_the_amount_tells_the_one(joined):
    imported = joined("Bolt,Ada,2010-01-01,900000.0", "Bolt,Bea,2010-01-01,", "Bolt,Cyd,2010-01-01,7")
    assert rows(imported) == [["bolt", "r8", "Ada"], ["bolt", "", "Bea"], ["bolt", "", "Cyd"]]
    assert "2 investments on a day of several rounds: of no certain one" in imported.notes


def test_records_without_a_name_or_a_day_and_those_of_nobody_are_quarantined(joined):
    imported = joined(
        ",Ada,2010-01-01,1",
        "Acme,,2010-01-01,1",
        "Acme,Ada,,1",
        "Acme,Friends & Family,2010-01-01,1",
        "Acme,Ada,2010-01-01,500000",
        "Acme,ada,2010-01-01,500000",
    )
    assert codes(imported) == {
        1: "no_firm",
        2: "missing_key",
        3: "missing_date",
        4: "source_excluded",
        6: "duplicate_row",
    }
    (sums,) = imported.reconciliations
    assert (sums.read, sums.used, sums.quarantined) == (6, 1, 5)
    assert "1 investors' names in the spelling most used" in imported.notes


def test_it_needs_the_firms_of_another_import(tmp_path, folder):
    path = tmp_path / "investments.csv"
    path.write_text("company_name,investor_name,funded_when\n")
    with pytest.raises(ConfigError, match="add --join to join the firms of --out"):
        import_crunchbase_2013_investors(path)
    with pytest.raises(TableError, match="amount_usd"):
        import_crunchbase_2013_investors(path, folder)


@pytest.mark.real_data
def test_the_real_list_joined_to_the_real_export(real_data, tmp_path):
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), tmp_path / "tables")
    path = real_data / "crunchbase-2013-investors" / "investments.csv"
    imported = import_crunchbase_2013_investors(path, tmp_path / "tables")
    (sums,) = imported.reconciliations
    # Most of the others are of firms outside the United States; some of firms renamed between the two exports.
    assert (sums.read, sums.used, sums.quarantined) == (75_361, 52_047, 23_314)
    assert sums.by_code == {
        "unmatched_firm": 22_958,
        "source_excluded": 129,
        "duplicate_row": 106,
        "missing_record": 57,
        "missing_date": 53,
        "missing_key": 10,
        "no_firm": 1,
    }
    investments = imported.frames["investments"]
    assert (investments["firm_id"].nunique(), investments["investor"].nunique()) == (11_309, 10_304)
    write_import(imported, tmp_path / "tables")
    loaded = {sums.table: sums for sums in read_tables(tmp_path / "tables").reconciliations}["investments"]
    assert (loaded.read, loaded.quarantined) == (52_047, 0)
