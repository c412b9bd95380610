"""Norwegian participations in Horizon 2020, as the Research Council of Norway publishes them, in Norwegian.

The register gives each organisation its sector of research: only ``NÆR`` (næringsliv, business) are firms. Institutes
(``INS``), universities and colleges (``UoH``), hospitals (``HEL``), the council itself and all others are quarantined.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.sources.common.amounts import decimal_comma
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.identity import first_records
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.cordis import SME_PHASES, framework, quarantine_moneyless
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="horizon-no",
    summary="Import Horizon 2020's grants to Norwegian firms from the national register.",
    path="FILE",
    path_help="CSV file of Norwegian participations in Horizon 2020.",
    examples=("giants import horizon-no downloads/norway_horizon2020.csv --out data/norway",),
    position=30,
)

_SECTOR, _FIRM = "FoU sektorkode", "NÆR"
_SECTORS = (_FIRM, "INS", "UoH", "HEL", "NFR", "DIV", "ukjent")
_NUMBER, _NAME = "Organisasjonsnummer", "Organisasjonsnavn"
_PROJECT, _PARTICIPANT = "Prosjektnr", "Deltakernr"
_SIGNED, _AMOUNT = "Kontrakt signeringsdato", "Innvilget beløp organisasjon EUR"
_PROGRAMME, _SCHEME = "Rammeprogram", "Søknadstype"
_CITY, _REGION = "Adresse kommune", "Adresse fylke"
_COLUMNS = (*(_SECTOR, _NUMBER, _NAME, _PROJECT, _PARTICIPANT, _SIGNED, _AMOUNT, _PROGRAMME, _SCHEME, _CITY, _REGION),)
_DATE_FORMS = ("%d.%m.%Y 00:00", "%d.%m.%Y")
_SOURCES = {
    "firm_id": _NUMBER,
    "grant_id": _PROJECT,
    "awarded_on": _SIGNED,
    "amount": _AMOUNT,
    "currency": _AMOUNT,
    "programme": _PROGRAMME,
}


def import_horizon_no(participations: Path) -> Imported:
    """Read the participations and turn those of firms into ``firms`` and ``grants``.

    A grant is one participation, in euros, awarded on the day on which the contract was signed. A participation
    without money is no grant.

    Parameters
    ----------
    participations
        The CSV file.

    Raises
    ------
    TableError
        If the file is absent, cannot be read as a whole, or lacks a column.
    """
    export = read_export(participations, _COLUMNS)
    export.reject(~export.frame[_SECTOR].isin(_SECTORS), _SECTOR, "unknown_value")
    export.reject(export.frame[_SECTOR] != _FIRM, _SECTOR, "source_excluded")
    # The export wrote the numbers as decimals. Anything else, such as 9.19E+08, has lost digits.
    number = export.frame[_NUMBER].str.extract(r"^([0-9]{9})(?:\.0)?$")[0]
    export.reject(export.frame[_NUMBER] == "", _NUMBER, "missing_key")
    export.reject(number.loc[export.frame.index].isna(), _NUMBER, "malformed_id")
    quarantine_moneyless(export, export.frame[_AMOUNT], _AMOUNT)
    firm_id = "no-" + number.loc[export.frame.index].astype("str")
    grants = _grants(export, firm_id)
    firms = _firms(export.frame, grants)
    notes = ["every participation counts as known on the day of the contract"]
    return close("horizon-no", (export,), {"firms": firms, "grants": grants}, notes, {})


def _grants(export: Export, firm_id: pd.Series) -> pd.DataFrame:
    source = export.frame
    amount = decimal_comma(source[_AMOUNT])
    grants = pd.DataFrame(
        {
            "firm_id": firm_id,
            # One firm stands twice in a project where two of its establishments take part.
            "grant_id": (source[_PROJECT] + "/" + source[_PARTICIPANT]).mask(source[_PROJECT] == "", ""),
            "awarded_on": to_iso(source[_SIGNED], *_DATE_FORMS),
            "amount": amount,
            "currency": np.where(amount == "", "", "EUR"),
            "programme": framework(source[_PROGRAMME], source[_SCHEME]),
            "level": "supranational",
            "phase": source[_SCHEME].map(SME_PHASES).astype(object).fillna(""),
        }
    ).astype("str")
    firm_ids: npt.NDArray[np.object_] = np.unique(firm_id.to_numpy(object))
    return export.keep_valid("grants", grants, _SOURCES, firm_ids)


def _firms(participations: pd.DataFrame, grants: pd.DataFrame) -> pd.DataFrame:
    """Return one firm for each number, as its first participation has it."""
    records = participations[[_PROJECT, _PARTICIPANT, _NAME, _REGION, _CITY]]
    records = records.assign(firm_id=grants["firm_id"], day=grants["awarded_on"])
    first = first_records(records, "day", _PROJECT, _PARTICIPANT)
    columns = {"firm_id": first["firm_id"], "name": first[_NAME], "country": "NO"}
    return pd.DataFrame({**columns, "region": first[_REGION], "city": first[_CITY]}).astype("str")
