"""i-Lab laureates, by hand-made lists and by the real one of 1999 to 2025."""

from datetime import date

import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.ilab import import_ilab

HEADER = (
    "Année de concours;Type de candidature;Grand-Prix;Domaine technologique;Région;N° SIRET;N° SIREN;Libellé entreprise"
)
CREATION, EMERGENCE = "création-développement", "en émergence"


@pytest.fixture
def laureates(tmp_path):
    def make(*lines, delimiter=";", encoding="utf-8"):
        path = tmp_path / "ilab.csv"
        path.write_bytes("\r\n".join([HEADER, *lines]).replace(";", delimiter).encode(encoding))
        return import_ilab(path)

    return make


def line(year="2019", kind=CREATION, prize="", region="Île-de-France", siret="", siren="423388446.0", name="Nomos"):
    return f"{year};{kind};{prize};Santé;{region};{siret};{siren};{name}"


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), (";", "cp1252")])
def test_firm_and_title(laureates, delimiter, encoding):
    imported = laureates(line(region="île-de-France"), delimiter=delimiter, encoding=encoding)
    assert imported.frames["firms"].to_dict("records") == [
        {"firm_id": "423388446", "name": "Nomos", "country": "FR", "region": "Île-de-France", "sectors": "Santé"}
    ]
    assert imported.frames["recognitions"].to_dict("records") == [
        {
            "firm_id": "423388446",
            "scheme": "i-Lab",
            "tier": "2",
            "awarded_on": "2019-12-31",
            "known_on": "2019-12-31",
        }
    ]
    assert imported.encodings == {"ilab.csv": encoding}


@pytest.mark.parametrize(
    ("kind", "prize", "tier"),
    [(EMERGENCE, "", "1"), (CREATION, "", "2"), (EMERGENCE, "3e prix", "2"), (CREATION, "Grand prix", "3")],
)
def test_tiers(laureates, kind, prize, tier):
    assert laureates(line(kind=kind, prize=prize)).frames["recognitions"]["tier"].tolist() == [tier]


def test_a_siret_holds_a_siren_that_lost_its_last_digit(laureates):
    imported = laureates(line(siren="90197921.0", siret="90197921100025.0"))
    assert imported.frames["firms"]["firm_id"].tolist() == ["901979211"]
    assert "1 records have an invalid SIREN or none, but a SIRET that holds it" in imported.notes


def test_firms_without_a_siren(laureates):
    imported = laureates(line(siren="", name="Calinov"), line(siren="", name="CALINOV", year="2021"))
    assert imported.frames["firms"]["firm_id"].tolist() == ["calinov-île-de-france"]
    assert len(imported.frames["recognitions"]) == 2
    assert "1 firms without a SIREN: told apart by name and region" in imported.notes


def test_records_that_cannot_be_used(laureates):
    imported = laureates(
        line(),
        line(),
        line(siren="", name=""),
        line(siren="423388447"),
        line(siren="4.23388446E+08"),
        line(kind="autre"),
        line(year="19"),
        line(year=""),
    )
    assert imported.quarantine.frame()[["row", "column", "code"]].to_numpy().tolist() == [
        [2, "Année de concours", "duplicate_row"],
        [3, "Libellé entreprise", "no_firm"],
        [4, "N° SIREN", "malformed_id"],
        [5, "N° SIREN", "malformed_id"],
        [6, "Type de candidature", "unknown_value"],
        [7, "Année de concours", "impossible_date"],
        [8, "Année de concours", "missing_date"],
    ]


def test_an_award_is_not_known_before_its_year_is_over(laureates, tmp_path):
    write_import(laureates(line()), tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    counts = [Snapshot(tables, day).recognitions.count().tolist() for day in (date(2019, 12, 30), date(2019, 12, 31))]
    assert counts[-1] == [1.0]
    assert counts[0] != [1.0]


def test_list_without_a_column_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("Région;Libellé entreprise\n", encoding="utf-8")
    with pytest.raises(TableError, match="column 'Année de concours' must stand once"):
        import_ilab(tmp_path / "x.csv")


def test_real_list_is_accounted_for(real_data, tmp_path):
    real = import_ilab(real_data / "recognitions" / "ilab_laureates_fr.csv")
    assert [str(sums) for sums in real.reconciliations] == [
        (
            "ilab_laureates_fr.csv: 3,923 read = 3,009 used + 914 quarantined "
            "(duplicate_row 2, malformed_id 4, no_firm 908)"
        )
    ]
    assert real.encodings == {"ilab_laureates_fr.csv": "utf-8"}
    assert real.notes == (
        "1 records have an invalid SIREN or none, but a SIRET that holds it",
        "3,009 awards are dated to the year: known from its 31 December",
        "119 awards with a grand prix or another prize: one tier above their category",
        "27 firms without a SIREN: told apart by name and region",
        "656 firms without a name",
        "a SIREN is entered later than the award, and for firms that were founded: who never founded one is left out",
    )
    assert real.frames["recognitions"]["tier"].value_counts().to_dict() == {"2": 1842, "1": 1053, "3": 114}
    write_import(real, tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in tables.reconciliations] == [
        ("firms", 2435, 0),
        ("recognitions", 3009, 0),
    ]
