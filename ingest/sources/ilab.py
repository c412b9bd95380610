"""Laureates of i-Lab, the French state's yearly competition for technology firms, from its open list.

Tiers follow the ladder of the contract: 1 for a project still emerging (``en émergence``), 2 for a firm in creation or
development (``création-développement``), and one more for a laureate that the jury set above the others: the
``Grand-Prix`` column names a grand prix or another prize. No prize of a competition is a tier 4, which is for leaders
of a market. A prize has no term, so the contract's three years hold.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from stdnum.fr import siren

from littlegiants.ingest.sources.common.dates import end_of_year
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.identity import first_seen, identify
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="ilab",
    summary="Import the laureates of the French state's i-Lab competition.",
    path="FILE",
    path_help="CSV file of i-Lab laureates.",
    examples=("giants import ilab downloads/laureats-i-lab.csv --out data/ilab",),
    position=50,
)

SCHEME = "i-Lab"
_YEAR, _TYPE, _PRIZE, _FIELD = "Année de concours", "Type de candidature", "Grand-Prix", "Domaine technologique"
_SIREN, _SIRET, _NAME, _REGION = "N° SIREN", "N° SIRET", "Libellé entreprise", "Région"
_COLUMNS = (_YEAR, _TYPE, _PRIZE, _FIELD, _SIREN, _SIRET, _NAME, _REGION)
_SOURCES = {
    "firm_id": _SIREN,
    "name": _NAME,
    "region": _REGION,
    "sectors": _FIELD,
    "tier": _TYPE,
    "awarded_on": _YEAR,
}
_TIERS = {"en émergence": 1, "création-développement": 2}
_SIREN_DIGITS = 9


def import_ilab(laureates: Path) -> Imported:
    """Read the list and turn it into ``recognitions`` and the ``firms`` that hold them.

    A firm is its SIREN; where the list has none, its name and region. Only the year of an award is known, so that it
    is dated, and known, on the last day of that year.

    Parameters
    ----------
    laureates
        The CSV file, separated by commas or, as the ministry publishes it, by semicolons.

    Raises
    ------
    TableError
        If the file is absent, cannot be read as a whole, or lacks a column.
    """
    export = read_export(laureates, _COLUMNS, delimiter=None)
    notes: list[str] = []
    export.reject(~export.frame[_TYPE].isin(_TIERS), _TYPE, "unknown_value")
    # One region stands with a small initial in two records.
    export.frame[_REGION] = export.frame[_REGION].str[:1].str.upper() + export.frame[_REGION].str[1:]
    firm_id = identify(export, _siren(export, notes), _NAME, _REGION)
    source = export.frame
    described = pd.DataFrame(
        {
            "firm_id": firm_id,
            "name": source[_NAME],
            "country": "FR",
            "region": source[_REGION],
            "sectors": source[_FIELD],
        }
    ).astype("str")
    day = end_of_year(source[_YEAR])
    recognitions = pd.DataFrame(
        {
            "firm_id": firm_id,
            "scheme": SCHEME,
            "tier": source[_TYPE].map(_TIERS) + (source[_PRIZE] != ""),
            "awarded_on": day,
            # A year that is none is said once, of the award's date.
            "known_on": day.where(day != source[_YEAR], ""),
        }
    ).astype("str")
    recognitions = export.keep_valid("recognitions", recognitions, _SOURCES, np.unique(firm_id.to_numpy(object)))
    used = recognitions.index
    firms = first_seen(described.loc[used], recognitions["awarded_on"])
    unnumbered = int((~firms["firm_id"].str.fullmatch(f"[0-9]{{{_SIREN_DIGITS}}}")).sum())
    prizes = int((source.loc[used, _PRIZE] != "").sum())
    notes += [
        f"{len(recognitions):,} awards are dated to the year: known from its 31 December",
        f"{prizes:,} awards with a grand prix or another prize: one tier above their category",
        f"{unnumbered:,} firms without a SIREN: told apart by name and region",
        f"{int((firms['name'] == '').sum()):,} firms without a name",
        "a SIREN is entered later than the award, and for firms that were founded: who never founded one is left out",
    ]
    return close("ilab", (export,), {"firms": firms, "recognitions": recognitions}, notes, {})


def _siren(export: Export, notes: list[str]) -> pd.Series:
    """Return each record's SIREN, empty without one, and quarantine the records whose number is none."""
    # Both columns have once been fractions: 423388446.0.
    number, site = (export.frame[name].str.removesuffix(".0") for name in (_SIREN, _SIRET))
    # A SIRET is the SIREN and the number of the establishment.
    mended = ~number.map(siren.is_valid).astype(bool) & site.str[:_SIREN_DIGITS].map(siren.is_valid).astype(bool)
    number = number.mask(mended, site.str[:_SIREN_DIGITS])
    if mended.any():
        notes.append(f"{int(mended.sum()):,} records have an invalid SIREN or none, but a SIRET that holds it")
    wrong = (number != "") & ~number.map(siren.is_valid).astype(bool)
    export.reject(wrong, _SIREN, "malformed_id")
    return number.loc[export.frame.index]
