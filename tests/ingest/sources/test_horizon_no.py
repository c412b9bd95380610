"""Norwegian participations in Horizon 2020, by hand-made files and by the real register."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.horizon_no import import_horizon_no

HEADER = (
    "Rammeprogram,Prosjektnr,Søknadstype,Kontrakt signeringsdato,Organisasjonsnummer,Organisasjonsnavn,Deltakernr,"
    "FoU sektorkode,Adresse kommune,Adresse fylke,Innvilget beløp organisasjon EUR"
)


def participation(
    number="916735472.0",
    project="876696",
    sector="NÆR",
    amount="50000.0",
    signed="06.09.2019 00:00",
    part="1",
    place="Oslo",
):
    return f'H2020,{project},SME-1,{signed},{number},FUTUREON AS,{part},{sector},{place},"{place}","{amount}"'


@pytest.fixture
def register(tmp_path):
    def make(*lines, header=HEADER):
        path = tmp_path / "norway.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return import_horizon_no(path)

    return make


def records(imported):
    return [tuple(row) for row in imported.quarantine.frame().to_dict("split")["data"]]


def test_grant_and_its_firm(register):
    imported = register(participation(), participation("916735472", part="2", amount="626199,99999984"))
    assert imported.frames["grants"].iloc[0].to_dict() == {
        "firm_id": "no-916735472",
        "grant_id": "876696/1",
        "awarded_on": "2019-09-06",
        "amount": "50000.0",
        "currency": "EUR",
        "programme": "H2020 SME-1",
        "level": "supranational",
        "phase": "1",
    }
    assert imported.frames["grants"].iloc[1][["grant_id", "amount"]].tolist() == ["876696/2", "626199.99999984"]
    assert imported.frames["firms"].to_dict("records") == [
        {"firm_id": "no-916735472", "name": "FUTUREON AS", "country": "NO", "region": "Oslo", "city": "Oslo"}
    ]


def test_two_establishments_in_one_project_make_the_same_firm_in_any_order(register):
    lines = [participation(part="2", place="Bergen"), participation(part="1", place="Oslo")]
    one, other = (register(*some).frames["firms"].to_dict("records") for some in (lines, lines[::-1]))
    assert one == other
    assert [firm["region"] for firm in one] == ["Oslo"]


def test_other_columns_may_bear_one_name(register):
    lines = [f"{participation()},a,b"]
    assert len(register(*lines, header=f"{HEADER},Merknad,Merknad").frames["firms"]) == 1


def test_participations_that_cannot_be_used(register):
    imported = register(
        participation(),
        *(participation(sector=sector) for sector in ("INS", "UoH", "HEL", "NFR", "DIV", "ukjent")),
        participation(sector="XYZ"),
        participation(number=""),
        participation(number="9.16735E+08"),
        participation(amount="0.0"),
        participation(part="2", amount="1.234,56"),
        participation(part="3", signed="31.02.2019 00:00"),
        participation(part="4", signed="09/06/2019"),
        participation(part="5", signed=""),
        participation(project=""),
        participation(),
    )
    assert [record[1:4] for record in records(imported)] == [
        *((row, "FoU sektorkode", "source_excluded") for row in range(2, 8)),
        (8, "FoU sektorkode", "unknown_value"),
        (9, "Organisasjonsnummer", "missing_key"),
        (10, "Organisasjonsnummer", "malformed_id"),
        (11, "Innvilget beløp organisasjon EUR", "source_excluded"),
        (12, "Innvilget beløp organisasjon EUR", "not_a_number"),
        (13, "Kontrakt signeringsdato", "impossible_date"),
        (14, "Kontrakt signeringsdato", "impossible_date"),
        (15, "Kontrakt signeringsdato", "missing_date"),
        (16, "Prosjektnr", "missing_key"),
        (17, "Prosjektnr", "duplicate_row"),
    ]
    assert (imported.reconciliations[0].used, imported.reconciliations[0].quarantined) == (1, 16)


def test_other_layout_is_refused(register):
    with pytest.raises(TableError, match="column 'FoU sektorkode' must stand once"):
        register(header=HEADER.replace("FoU sektorkode", "Sektor"))


def test_real_register(real_data, tmp_path):
    imported = import_horizon_no(real_data / "eu-grants" / "norway_horizon2020.csv")
    assert [str(sums) for sums in imported.reconciliations] == [
        "norway_horizon2020.csv: 2,931 read = 742 used + 2,189 quarantined (source_excluded 2,189)"
    ]
    # 790 participations are those of business; 48 of them received nothing.
    quarantine = imported.quarantine.frame()
    assert quarantine["column"].value_counts().to_dict() == {
        "FoU sektorkode": 2141,
        "Innvilget beløp organisasjon EUR": 48,
    }
    assert imported.encodings == {"norway_horizon2020.csv": "utf-8"}
    grants = imported.frames["grants"]
    assert grants["phase"].value_counts().to_dict() == {"": 583, "1": 98, "2": 61}
    assert (grants["awarded_on"].min(), grants["awarded_on"].max()) == ("2014-10-06", "2021-09-29")
    write_import(imported, tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in read_tables(tmp_path / "out").reconciliations] == [
        ("firms", 496, 0),
        ("grants", 742, 0),
    ]
