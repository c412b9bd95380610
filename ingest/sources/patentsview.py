"""Granted US patents of organisations, from the tables of PatentsView, alone or for the firms of another import.

The tables hold granted patents only: an application that was refused, or is still pending when the tables are made, is
not in them. Classes are those in force on that day. Citations grow afterwards and are not used.
"""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.names import match_key, match_keys
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.amounts import keep_dated
from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.sources.common.filtered_tsv import Among, read_filtered
from littlegiants.ingest.sources.common.identity import first_records
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.joining import known_firms, match_firms, precedes_founding
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="patentsview",
    summary="Import granted US patents, of firms of their own or joined to imported ones.",
    path="DIR",
    path_help="Folder with PatentsView's g_*.tsv tables.",
    examples=(
        "giants import patentsview downloads/patentsview --out data/patents",
        "giants import patentsview downloads/patentsview --join --out data/crunchbase",
    ),
    joins=True,
    position=40,
)

_NAME = "disambig_assignee_organization"
_ASSIGNEE_COLUMNS = ("patent_id", "assignee_id", _NAME, "assignee_type", "location_id")
_LOCATION_COLUMNS = ("location_id", "disambig_city", "disambig_state", "disambig_country")
_LOCATIONS = "g_location_disambiguated"
# American and foreign companies; a leading 1 says that they hold a part only. Universities count as companies here.
_AMERICAN = frozenset({"2", "12", "2.0", "12.0"})
_ORGANISATIONS = _AMERICAN | {"3", "13", "3.0", "13.0"}
# Designs, plants and reissues are neither published before the grant nor classed by CPC.
_TYPE = "utility"
# The American Inventors Protection Act: applications filed before it were secret until the patent was granted.
_FIRST_PUBLISHED = "2000-11-29"
_SOURCES = {"firm_id": "assignee_id", "filed_on": "patent_id"}


def import_patentsview(source: Path, firms: Path | None = None) -> Imported:
    """Read the tables and turn them into ``patents``.

    A patent filed before 29 November 2000 is known from its grant; the day on which a later one was published is not in
    the tables, so that the contract's rule holds, 18 months after filing.

    Parameters
    ----------
    source
        The folder with ``g_patent``, ``g_application``, ``g_assignee_disambiguated``, ``g_cpc_current`` and, where
        states are to be compared, ``g_location_disambiguated``; each as ``.tsv``, or ``.tsv.zip`` if it is small.
    firms
        A folder with a ``firms.csv`` that has the columns ``name`` and ``state``; its firms are then joined, and only
        ``patents`` is returned. Without it ``firms`` is made of the assignees.

    Returns
    -------
    Imported
        When joined, ``beside`` holds ``review_matches``: assignees that fit a firm, but not surely enough to be used.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    known = known_firms(firms) if firms else None
    rules = [Among("assignee_type", _ORGANISATIONS)]
    if known is not None:
        rules.append(Among(_NAME, _Named(known["key"].unique()), "unmatched_firm"))
    assignees = read_filtered(source, "g_assignee_disambiguated", _ASSIGNEE_COLUMNS, rules)
    assignees.reject(match_keys(assignees.frame[_NAME]) == "", _NAME, "missing_key")
    exports, place = [assignees], _locations(source, assignees)
    beside = {}
    if known is None:
        assignees.reject(assignees.frame["assignee_id"] == "", "assignee_id", "missing_key")
        assignees.frame = assignees.frame.assign(firm_id=assignees.frame["assignee_id"])
    else:
        beside["review_matches"] = _join(assignees, place, known)
    patents, applications, classes = _records(source, assignees)
    frames = {"patents": _patents(assignees, patents, applications, classes, known)}
    for export in (patents, applications, classes):
        export.reject(~export.frame["patent_id"].isin(assignees.frame["patent_id"]), "patent_id", "source_excluded")
    if known is None:
        frames["firms"] = _assignees(assignees.frame, frames["patents"], place)
    if place is not None:
        place.reject(~place.frame["location_id"].isin(assignees.frame["location_id"]), "location_id", "source_excluded")
        exports.append(place)
    notes = _notes(frames["patents"], place is not None)
    return close("patentsview", (*exports, patents, applications, classes), frames, notes, beside)


class _Named:
    """The names whose key is one of those of the firms to be joined."""

    def __init__(self, keys: Collection[str]) -> None:
        self._keys = frozenset(keys)
        self._seen: dict[str, bool] = {}

    def __contains__(self, name: object) -> bool:
        text = str(name)
        if text not in self._seen:
            self._seen[text] = match_key(text) in self._keys
        return self._seen[text]


def _locations(source: Path, assignees: Export) -> Export | None:
    if not any((source / f"{_LOCATIONS}{suffix}").exists() for suffix in (".tsv", ".tsv.zip")):
        return None
    rule = Among("location_id", frozenset(assignees.frame["location_id"]) - {""})
    place = read_filtered(source, _LOCATIONS, _LOCATION_COLUMNS, [rule])
    again = place.frame["location_id"].duplicated()
    place.reject(again, "location_id", "duplicate_row")
    return place


def _of(place: Export | None, location_id: pd.Series, column: str) -> pd.Series:
    if place is None:
        return pd.Series("", index=location_id.index, dtype="str")
    return (
        location_id.map(place.frame.set_index("location_id")[f"disambig_{column}"])
        .astype(object)
        .fillna("")
        .astype("str")
    )


def _join(assignees: Export, place: Export | None, known: pd.DataFrame) -> pd.DataFrame:
    """Give each record its firm, and return the doubtful matches."""
    state = _of(place, assignees.frame["location_id"], "state")
    claims = pd.DataFrame({"name": assignees.frame[_NAME], "state": state})
    distinct = claims.drop_duplicates()
    found = claims.merge(distinct.join(match_firms(distinct, known)), on=["name", "state"], how="left")
    found.index = claims.index
    for code in ("unmatched_firm", "ambiguous_firm", "generic_name"):
        assignees.reject(found["code"].loc[assignees.frame.index] == code, _NAME, code)
    assignees.frame = assignees.frame.assign(firm_id=found["firm_id"].loc[assignees.frame.index])
    doubtful = found.loc[~found["code"].isin(["", "unmatched_firm"])].drop(columns="firm_id").drop_duplicates()
    return guard_frame(doubtful)


def _records(source: Path, assignees: Export) -> tuple[Export, Export, Export]:
    ours = [Among("patent_id", frozenset(assignees.frame["patent_id"]))]
    patents = read_filtered(source, "g_patent", ("patent_id", "patent_type", "patent_date", "withdrawn"), ours)
    applications = read_filtered(source, "g_application", ("patent_id", "filing_date"), ours)
    classes = read_filtered(source, "g_cpc_current", ("patent_id", "cpc_subclass"), ours)
    unused = patents.frame.loc[(patents.frame["patent_type"] != _TYPE) | (patents.frame["withdrawn"] == "1")]
    patents.reject(patents.frame["patent_type"] != _TYPE, "patent_type", "source_excluded")
    patents.reject(patents.frame["withdrawn"] == "1", "withdrawn", "source_excluded")
    keep_dated(patents, "patent_id", "patent_date")
    keep_dated(applications, "patent_id", "filing_date")
    classes.reject(classes.frame["cpc_subclass"] == "", "cpc_subclass", "missing_value")
    assignees.reject(assignees.frame["patent_id"].isin(unused["patent_id"]), "patent_id", "source_excluded")
    for export in (patents, applications):
        absent = ~assignees.frame["patent_id"].isin(export.frame["patent_id"])
        assignees.reject(absent, "patent_id", "missing_record")
    return patents, applications, classes


def _patents(
    assignees: Export, patents: Export, applications: Export, classes: Export, known: pd.DataFrame | None
) -> pd.DataFrame:
    if known is not None:
        filed = assignees.frame["patent_id"].map(applications.frame.set_index("patent_id")["filing_date"]).astype("str")
        early = precedes_founding(filed, assignees.frame["firm_id"], known)
        assignees.reject(early, "patent_id", "implausible_match")
    source = assignees.frame
    number = source["patent_id"]
    filed_on = number.map(applications.frame.set_index("patent_id")["filing_date"]).astype("str")
    granted_on = number.map(patents.frame.set_index("patent_id")["patent_date"]).astype("str")
    listed = classes.frame.drop_duplicates().sort_values(["patent_id", "cpc_subclass"])
    rows = pd.DataFrame(
        {
            "firm_id": source["firm_id"],
            "patent_id": "US" + number,
            "filed_on": filed_on,
            "granted_on": granted_on,
            "classes": number.map(listed.groupby("patent_id")["cpc_subclass"].agg(";".join)).astype(object).fillna(""),
            "known_on": granted_on.where(filed_on < _FIRST_PUBLISHED, ""),
        }
    ).astype("str")
    firm_ids: npt.NDArray[np.object_] = np.unique(source["firm_id"].to_numpy(object))
    return assignees.keep_valid("patents", rows, _SOURCES, firm_ids)


def _assignees(assignees: pd.DataFrame, patents: pd.DataFrame, place: Export | None) -> pd.DataFrame:
    """Return one firm for each assignee, as its first patent has it."""
    first = first_records(assignees.assign(day=patents["filed_on"]), "day", "patent_id")
    state, city, country = (_of(place, first["location_id"], name) for name in ("state", "city", "country"))
    american = (country == "") & first["assignee_type"].isin(_AMERICAN)
    columns = {"firm_id": first["firm_id"], "name": first[_NAME], "country": country.mask(american, "US")}
    return pd.DataFrame({**columns, "region": state, "city": city, "state": state}).astype("str")


def _notes(patents: pd.DataFrame, states: bool) -> list[str]:
    secret = int((patents["known_on"] != "").sum())
    notes = [f"{secret:,} patents filed before {_FIRST_PUBLISHED}: known from their grant"] if secret else []
    if not states:
        notes.append(f"no {_LOCATIONS} table: assignees have no state, names alone are compared")
    notes.append("granted patents only: filings of the years before the release are fewer than they were")
    notes.append("classes are those in force at the release; citations are not used")
    return notes
