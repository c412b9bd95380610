"""Participations of firms in the European Union's framework programmes, as CORDIS publishes them.

CORDIS gives each participant its kind: only ``PRC``, private bodies for profit, are firms. Universities (``HES``),
research organisations (``REC``), public bodies (``PUB``) and all others (``OTH``) are quarantined.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.places import UNION_CODES
from littlegiants.ingest.sources.common.amounts import decimal_comma, keep_dated
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.identity import first_records
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="cordis",
    summary="Import the European Union's grants to firms from CORDIS.",
    path="DIR",
    path_help="Folder with organization.csv and project.csv of one programme.",
    examples=("giants import cordis downloads/cordis-h2020 --out data/horizon",),
    position=30,
)

_PARTICIPANT_COLUMNS = ("projectID", "organisationID", "name", "activityType", "country", "ecContribution")
_PROJECT_COLUMNS = ("id", "frameworkProgramme", "fundingScheme", "ecSignatureDate")
_KINDS = ("PRC", "HES", "REC", "PUB", "OTH")
_FIRM = "PRC"
_DATE_FORMS = ("%Y-%m-%d 00:00:00", "%d.%m.%Y")
_SOURCES = {
    "firm_id": "organisationID",
    "grant_id": "projectID",
    "awarded_on": "projectID",
    "amount": "ecContribution",
    "currency": "ecContribution",
}
# The instrument's phases as its funding schemes spell them; the pilot of blended finance continued phase 2.
SME_PHASES = {"SME-1": "1", "SME-2": "2", "SME-2b": "2"}


def import_cordis(source: Path) -> Imported:
    """Read a release of CORDIS and turn it into ``firms`` and ``grants``.

    A grant is one firm's own share of the Union's contribution to one project, in euros; it is awarded on the day on
    which the contract was signed. A participation without money is no grant.

    Parameters
    ----------
    source
        The folder with ``organization.csv`` and ``project.csv``, semicolon-separated.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    participants = read_export(source / "organization.csv", _PARTICIPANT_COLUMNS, delimiter=";")
    projects = read_export(source / "project.csv", _PROJECT_COLUMNS, delimiter=";")
    notes: list[str] = []
    signed = to_iso(projects.frame["ecSignatureDate"], *_DATE_FORMS)
    projects.frame = projects.frame.assign(ecSignatureDate=signed)
    keep_dated(projects, "id", "ecSignatureDate")
    kind = participants.frame["activityType"]
    participants.reject(~kind.isin(_KINDS), "activityType", "unknown_value")
    participants.reject(participants.frame["activityType"] != _FIRM, "activityType", "source_excluded")
    participants.reject(participants.frame["organisationID"] == "", "organisationID", "missing_key")
    participants.reject(~participants.frame["projectID"].isin(projects.frame["id"]), "projectID", "missing_record")
    amount = _own_share(participants.frame)
    quarantine_moneyless(participants, amount, "ecContribution")
    grants = _grants(participants, projects, amount.loc[participants.frame.index])
    firms = _firms(participants.frame, grants)
    projects.reject(~projects.frame["id"].isin(participants.frame["projectID"]), "id", "source_excluded")
    notes.append("every participation counts as known on the day of the contract; CORDIS shows it some weeks later")
    notes.append("contributions are those of the release, amended ones in the place of the first")
    return close("cordis", (participants, projects), {"firms": firms, "grants": grants}, notes, {})


def quarantine_moneyless(participants: Export, amount: pd.Series, column: str) -> None:
    """Quarantine participations that received nothing: they are known, and are no grants.

    Parameters
    ----------
    participants
        The records.
    amount
        What each received, as text.
    column
        Its column, for the quarantine.
    """
    participants.reject(amount.str.fullmatch(r"0+([.,]0*)?"), column, "source_excluded")


def framework(programme: pd.Series, scheme: pd.Series) -> pd.Series:
    """Return the programme of a grant, such as ``H2020 SME-1``."""
    return (programme + " " + scheme).str.strip()


def _own_share(frame: pd.DataFrame) -> pd.Series:
    """Return the contribution without what went on to linked third parties, if the release states it."""
    amount = frame["ecContribution"]
    if "netEcContribution" in frame:
        amount = frame["netEcContribution"].mask(frame["netEcContribution"] == "", amount)
    return decimal_comma(amount)


def _grants(participants: Export, projects: Export, amount: pd.Series) -> pd.DataFrame:
    source = participants.frame
    project = projects.frame.set_index("id").loc[source["projectID"]].set_index(source.index)
    order = source["order"] if "order" in source else pd.Series("", index=source.index)
    grants = pd.DataFrame(
        {
            "firm_id": source["organisationID"],
            # A firm may take part in one project twice, through two of its establishments.
            "grant_id": (source["projectID"] + "/" + order).str.rstrip("/"),
            "awarded_on": project["ecSignatureDate"],
            "amount": amount,
            "currency": np.where(amount == "", "", "EUR"),
            "programme": framework(project["frameworkProgramme"], project["fundingScheme"]),
            "level": "supranational",
            "phase": project["fundingScheme"].map(SME_PHASES).astype(object).fillna(""),
        }
    ).astype("str")
    firm_ids: npt.NDArray[np.object_] = np.unique(source["organisationID"].to_numpy(object))
    return participants.keep_valid("grants", grants, _SOURCES, firm_ids)


def _firms(participants: pd.DataFrame, grants: pd.DataFrame) -> pd.DataFrame:
    """Return one firm for each id, as its first participation has it."""
    optional = {
        name: participants.get(column, "")
        for name, column in {"region": "nutsCode", "city": "city", "website": "organizationURL"}.items()
    }
    country = participants["country"].replace(UNION_CODES)
    columns = {"firm_id": participants["organisationID"], "name": participants["name"], "country": country, **optional}
    records = pd.DataFrame({**columns, "day": grants["awarded_on"], "project": participants["projectID"]}).astype("str")
    return first_records(records, "day", "project").drop(columns=["day", "project"])
