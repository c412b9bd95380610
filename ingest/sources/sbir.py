"""NSF's SBIR and STTR awards as grants: on their own, or joined to the firms of another import.

Awards have a name and a state but no id; `littlegiants.ingest.sources.common.joining` explains how they are joined.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.names import has_two_forms, match_keys
from littlegiants.ingest.entities.places import located_names
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.identity import first_records
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.joining import known_firms, match_firms, precedes_founding
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="sbir",
    summary="Import NSF SBIR/STTR awards, as firms of their own or joined to imported ones.",
    path="FILE",
    path_help="CSV file of NSF SBIR/STTR awards.",
    examples=(
        "giants import sbir downloads/nsf_awards.csv --out data/sbir",
        "giants import sbir downloads/nsf_awards.csv --join --out data/crunchbase",
    ),
    joins=True,
    position=20,
)

_COLUMNS = ("award_id", "agency", "firm_name", "firm_state", "award_amount", "award_date", "phase_inferred")
_SOURCES = {
    "firm_id": "firm_name",
    "grant_id": "award_id",
    "awarded_on": "award_date",
    "amount": "award_amount",
    "currency": "award_amount",
    "programme": "agency",
    "phase": "phase_inferred",
}
# Up to 2010 all but 3 of 8,767 awards are dated 1 July, which no agency does: the year is known and the day made up.
_LAST_YEAR_WITHOUT_DAYS = 2010
_PLACEHOLDER = "-07-01"


def import_sbir(nsf_awards: Path, firms: Path | None = None) -> Imported:
    """Read the awards and turn them into ``grants``.

    An award dated 1 July in or before 2010 counts as known from the end of that year (``known_on``), since only its
    year is known. An award number covers both phases, so ``grant_id`` is number, phase and date together.

    Parameters
    ----------
    nsf_awards
        The CSV file of awards.
    firms
        A folder with a ``firms.csv`` that has the columns ``name`` and ``state``; its firms are then joined, and only
        ``grants`` is returned. Without it ``firms`` is made of the awardees, one for each name and state.

    Returns
    -------
    Imported
        When joined, ``beside`` holds ``review_matches``: awards that fit a firm, but not surely enough to be used.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    awards = read_export(nsf_awards, _COLUMNS)
    notes: list[str] = []
    awards.reject(match_keys(awards.frame["firm_name"]) == "", "firm_name", "missing_key")
    awards.reject(awards.frame["firm_state"] == "", "firm_state", "missing_value")
    located = located_names(awards.frame["firm_name"], awards.frame["firm_state"].str.casefold())
    awards.frame = awards.frame.assign(located=located)
    if firms is None:
        awards.reject(has_two_forms(awards.frame["firm_name"], located), "firm_name", "ambiguous_firm")
        firm_id = awards.frame["located"].str.replace(r"[ \t]", "-", regex=True)
        beside: dict[str, pd.DataFrame] = {}
    else:
        firm_id, review = _join(awards, firms, notes)
        beside = {"review_matches": review}
    frames = {"grants": _grants(awards, firm_id, notes)}
    if firms is None:
        frames["firms"] = _awardees(awards.frame, frames["grants"])
    else:
        joined = f"{len(frames['grants']):,} awards joined to {frames['grants']['firm_id'].nunique():,} firms"
        notes.insert(0, f"{joined}; {len(beside['review_matches']):,} doubtful ones in review_matches.csv")
    return close("sbir", (awards,), frames, notes, beside)


def _join(awards: Export, folder: Path, notes: list[str]) -> tuple[pd.Series, pd.DataFrame]:
    known, frame = known_firms(folder), awards.frame
    known = known.loc[known["state"] != ""]  # every award states one, so it must agree
    found = match_firms(frame.rename(columns={"firm_name": "name", "firm_state": "state"})[["name", "state"]], known)
    stranger = frame.loc[found["code"] == "unmatched_firm", "located"].drop_duplicates()
    elsewhere = int(stranger.str.split("\t").str[0].isin(known["key"]).sum())
    for code in ("unmatched_firm", "ambiguous_firm", "generic_name"):
        awards.reject(found["code"].loc[awards.frame.index] == code, "firm_name", code)
    firm_id = found["firm_id"].loc[awards.frame.index]
    early = precedes_founding(awards.frame["award_date"], firm_id, known)
    awards.reject(early, "award_date", "implausible_match")
    doubtful = frame.loc[found["code"] != "unmatched_firm"].drop(index=awards.frame.index)
    review = doubtful[["award_id", "firm_name", "firm_state", "award_date"]].assign(
        row=doubtful.index, candidates=found.loc[doubtful.index, "candidates"]
    )
    # Namesakes are as frequent in one state as in two: this is the scale of wrong matches.
    notes.append(f"{elsewhere:,} awardees bear the name of a firm of another state; not joined")
    notes.append("a firm without a grant here may have one of another agency")
    return firm_id.loc[awards.frame.index], guard_frame(review)


def _grants(awards: Export, firm_id: pd.Series, notes: list[str]) -> pd.DataFrame:
    source = awards.frame
    year = source["award_date"].str[:4]
    undated = source["award_date"].str.endswith(_PLACEHOLDER) & (year <= str(_LAST_YEAR_WITHOUT_DAYS))
    award = source["award_id"] + "/" + source["phase_inferred"] + "/" + source["award_date"]
    grants = pd.DataFrame(
        {
            "firm_id": firm_id,
            "grant_id": award.mask(source["award_id"] == "", ""),
            "awarded_on": source["award_date"],
            "amount": source["award_amount"],
            "currency": np.where(source["award_amount"] == "", "", "USD"),
            "programme": (source["agency"] + " SBIR/STTR").str.strip(),
            "level": "national",
            "phase": source["phase_inferred"],
            "known_on": (year + "-12-31").where(undated, ""),
        }
    ).astype("str")
    firm_ids: npt.NDArray[np.object_] = np.unique(firm_id.to_numpy(object))
    grants = awards.keep_valid("grants", grants, _SOURCES, firm_ids)
    notes.append(f"{int((grants['known_on'] != '').sum()):,} grants are dated to the year: known from its 31 December")
    notes.append("phases are inferred by the source from the caps on amounts")
    return grants


def _awardees(awards: pd.DataFrame, grants: pd.DataFrame) -> pd.DataFrame:
    """Return one firm for each name and state, under the name of its first award."""
    records = awards[["award_date", "award_id", "firm_name", "firm_state"]].assign(firm_id=grants["firm_id"])
    first = first_records(records, "award_date", "award_id")
    state = first["firm_state"].str.upper()
    return pd.DataFrame(
        {"firm_id": first["firm_id"], "name": first["firm_name"], "country": "US", "region": state, "state": state}
    ).astype("str")
