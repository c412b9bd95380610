"""NSF awards alone and joined to other firms, by hand-made files and by the real list."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.sbir import import_sbir

HEADER = "award_id,agency,firm_name,firm_state,award_amount,award_date,award_year,topic_code,phase_inferred"


@pytest.fixture
def awards(tmp_path):
    def make(*lines):
        path = tmp_path / "nsf_awards.csv"
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        return path

    return make


@pytest.fixture
def folder(tmp_path):
    def make(*lines, header="firm_id,name,state,founded_on"):
        out = tmp_path / "tables"
        out.mkdir()
        (out / "firms.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return out

    return make


def award(number, name, state="CA", day="2012-02-01", amount="150000.0", phase="I"):
    return f'{number},NSF,"{name}",{state},{amount},{day},{day[:4]},BC,{phase}'


def records(imported):
    return [tuple(row) for row in imported.quarantine.frame().to_dict("split")["data"]]


def test_awards_alone_make_their_firms(awards):
    imported = import_sbir(
        awards(award(1, "Gevo Inc.", "co"), award(2, "GEVO, INC.", "CO", "2011-02-01"), award(3, "Gevo", "TX"))
    )
    assert imported.frames["firms"].to_dict("records") == [
        {"firm_id": "gevo-co", "name": "GEVO, INC.", "country": "US", "region": "CO", "state": "CO"},
        {"firm_id": "gevo-tx", "name": "Gevo", "country": "US", "region": "TX", "state": "TX"},
    ]
    assert imported.frames["grants"].iloc[0].to_dict() == {
        "firm_id": "gevo-co",
        "grant_id": "1/I/2012-02-01",
        "awarded_on": "2012-02-01",
        "amount": "150000.0",
        "currency": "USD",
        "programme": "NSF SBIR/STTR",
        "level": "national",
        "phase": "I",
        "known_on": "",
    }


@pytest.mark.parametrize(
    ("day", "known_on"),
    [("2010-07-01", "2010-12-31"), ("2011-07-01", ""), ("2010-12-02", ""), ("1983-07-01", "1983-12-31")],
)
def test_made_up_day_is_known_when_its_year_is_over(awards, day, known_on):
    assert import_sbir(awards(award(1, "Gevo", day=day))).frames["grants"]["known_on"].tolist() == [known_on]


def test_awards_that_cannot_be_used(awards):
    imported = import_sbir(
        awards(
            award(1, "Gevo"),
            award(2, "???"),
            award(3, "Gevo", state=""),
            award("", "Gevo"),
            award(5, "Gevo", day=""),
            award(6, "Gevo", day="02/01/2012"),
            award(7, "Gevo", amount="n/a"),
            award(8, "Gevo", amount="-1"),
            award(9, "Gevo", amount="1"),
            award(9, "Gevo", amount="2"),
            award(1, "Gevo"),
            ",,,,,,,,",
            "12,NSF",
        )
    )
    assert [record[1:4] for record in records(imported)] == [
        (2, "firm_name", "missing_key"),
        (3, "firm_state", "missing_value"),
        (4, "award_id", "missing_key"),
        (5, "award_date", "missing_date"),
        (6, "award_date", "impossible_date"),
        (7, "award_amount", "not_a_number"),
        (8, "award_amount", "negative_amount"),
        (9, "award_id", "duplicate_conflict"),
        (10, "award_id", "duplicate_conflict"),
        (11, "award_id", "duplicate_row"),
        (12, "", "blank_row"),
        (13, "", "ragged_row"),
    ]
    assert str(imported.reconciliations[0]).startswith("nsf_awards.csv: 13 read = 1 used + 12 quarantined")


def test_amount_that_is_not_stated_has_no_currency(awards):
    grants = import_sbir(awards(award(1, "Gevo", amount=""))).frames["grants"]
    assert grants[["amount", "currency"]].to_numpy().tolist() == [["", ""]]


def test_both_phases_of_one_number_are_two_grants(awards):
    imported = import_sbir(awards(award(1, "Gevo"), award(1, "Gevo", day="2013-02-01", phase="II+")))
    assert imported.frames["grants"]["grant_id"].tolist() == ["1/I/2012-02-01", "1/II+/2013-02-01"]


def test_name_with_two_legal_forms_may_be_two_firms(awards, folder):
    path = awards(award(1, "Literaseed, Inc."), award(2, "LITERASEED, LLC"), award(3, "Gevo"), award(4, "Gevo Inc"))
    for imported in (import_sbir(path), import_sbir(path, folder("l,Literaseed,CA,", "g,Gevo,CA,"))):
        assert [record[1:4] for record in records(imported)] == [
            (1, "firm_name", "ambiguous_firm"),
            (2, "firm_name", "ambiguous_firm"),
        ]
        assert imported.frames["grants"]["grant_id"].tolist() == ["3/I/2012-02-01", "4/I/2012-02-01"]


def test_joined_by_name_and_state(awards, folder):
    firms = folder(
        "g1,Gevo,CO,2005-01-01", "g2,Gevo,TX,", "m,MiaSolé,CA,", "n,No State Labs,,", "g1,GEVO Inc.,CO,2005-01-01"
    )
    imported = import_sbir(
        awards(
            award(1, "GEVO, INC.", "CO"),
            award(2, "Gevo", "NY"),
            award(3, "Miasole", "CA"),
            award(4, "No State Labs", "CA"),
            award(5, "Gevo Labs", "CO"),
        ),
        firms,
    )
    assert list(imported.frames) == ["grants"]
    assert imported.frames["grants"]["firm_id"].tolist() == ["g1", "m"]
    assert [record[1:4] for record in records(imported)] == [(row, "firm_name", "unmatched_firm") for row in (2, 4, 5)]
    assert imported.notes[:3] == (
        "2 awards joined to 2 firms; 0 doubtful ones in review_matches.csv",
        "1 awardees bear the name of a firm of another state; not joined",
        "a firm without a grant here may have one of another agency",
    )


def test_doubtful_matches_are_listed_and_not_used(awards, folder):
    firms = folder("s1,Spire,MA,", "s2,Spire Corp,MA,", "k,KSE,MA,", "b,BiOptix,CO,2008-01-01", "c,Calm,CO,2007-01-01")
    imported = import_sbir(
        awards(
            award(1, "Spire Corporation", "MA"),
            award(2, "KSE, Inc.", "MA"),
            award(3, "BiOptix", "CO", "2006-07-01"),
            award(4, "BiOptix", "CO", "2009-07-01"),
            award(5, "Calm", "CO", "2006-07-01"),
            award(6, "@Spire", "MA"),
        ),
        firms,
    )
    assert records(imported) == [
        ("nsf_awards.csv", 1, "firm_name", "ambiguous_firm", "Spire Corporation"),
        ("nsf_awards.csv", 2, "firm_name", "generic_name", "KSE, Inc."),
        ("nsf_awards.csv", 3, "award_date", "implausible_match", "2006-07-01"),
        ("nsf_awards.csv", 4, "award_date", "implausible_match", "2009-07-01"),
        ("nsf_awards.csv", 6, "firm_name", "ambiguous_firm", "@Spire"),
    ]
    assert imported.frames["grants"]["firm_id"].tolist() == ["c"]
    review = imported.beside["review_matches"]
    assert review["row"].tolist() == [1, 2, 3, 4, 6]
    assert review["candidates"].tolist() == ["s1;s2", "k", "b", "b", "s1;s2"]
    assert review["firm_name"].tolist()[-1] == "'@Spire"


def test_firms_without_founding_dates_are_joined(awards, folder):
    firms = folder("g,Gevo,CO", header="firm_id,name,state")
    assert import_sbir(awards(award(1, "Gevo", "CO")), firms).frames["grants"]["firm_id"].tolist() == ["g"]


def test_nothing_joined_is_an_empty_table(awards, folder):
    imported = import_sbir(awards(award(1, "Gevo", "CO")), folder("m,MiaSole,CA,"))
    assert len(imported.frames["grants"]) == 0


def test_firms_without_a_state_cannot_be_joined(awards, folder):
    firms = folder("g,Gevo", header="firm_id,name")
    with pytest.raises(TableError, match="no column 'state'; firms are joined by name and state"):
        import_sbir(awards(award(1, "Gevo", "CO")), firms)


def test_real_awards_alone(real_data, tmp_path):
    imported = import_sbir(real_data / "sbir" / "nsf_awards.csv")
    assert [str(sums) for sums in imported.reconciliations] == [
        "nsf_awards.csv: 14,978 read = 14,972 used + 6 quarantined (ambiguous_firm 4, duplicate_conflict 2)"
    ]
    assert imported.encodings == {"nsf_awards.csv": "utf-8"}
    assert imported.notes[0] == "8,762 grants are dated to the year: known from its 31 December"
    write_import(imported, tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in read_tables(tmp_path / "out").reconciliations] == [
        ("firms", 7402, 0),
        ("grants", 14972, 0),
    ]


def test_real_awards_joined_to_the_firms_of_2013(real_data, tmp_path):
    out = tmp_path / "out"
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), out)
    imported = import_sbir(real_data / "sbir" / "nsf_awards.csv", out)
    assert [str(sums) for sums in imported.reconciliations] == [
        (
            "nsf_awards.csv: 14,978 read = 557 used + 14,421 quarantined "
            "(ambiguous_firm 70, generic_name 13, implausible_match 5, unmatched_firm 14,333)"
        )
    ]
    assert imported.notes[:2] == (
        "557 awards joined to 220 firms; 88 doubtful ones in review_matches.csv",
        "34 awardees bear the name of a firm of another state; not joined",
    )
    grants = imported.frames["grants"]
    by_2013 = grants.loc[grants["awarded_on"] <= "2013-10-01"]
    assert (len(by_2013), by_2013["firm_id"].nunique()) == (504, 195)
    write_import(imported, out)
    tables = read_tables(out)
    assert tables.observed == ("rounds", "grants", "outcomes")
    assert sum(sums.quarantined for sums in tables.reconciliations) == 0
