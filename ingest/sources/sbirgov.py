"""SBIR and STTR awards of all agencies, in the column layout of sbir.gov's ``award_data`` file.

A firm is its UEI, else its DUNS number, else its name and state. Numbers are typed in by hand and go astray: one that
stands with several names belongs to the most frequent of them, and to none if that is a tie. An award without a
number of its own takes the one number of its name and state; where there are several, it is quarantined.
"""

from html import unescape
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.names import has_two_forms, match_keys
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.amounts import grouped_thousands
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.identity import first_records
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.joining import known_firms, match_firms, precedes_founding
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="sbirgov",
    summary="Import SBIR/STTR awards of all agencies, as firms of their own or joined to imported ones.",
    path="FILE",
    path_help="CSV file of awards in the layout of sbir.gov.",
    examples=(
        "giants import sbirgov downloads/award_data.csv --out data/sbir",
        "giants import sbirgov downloads/award_data.csv --join --out data/crunchbase",
    ),
    joins=True,
    position=20,
)

# As the releases and the search exports spell them; case and underscores differ as well.
_SPELLINGS = {
    "Company": ("company", "firm", "company name"),
    "Agency": ("agency",),
    "Phase": ("phase",),
    "Program": ("program",),
    "Agency Tracking Number": ("agency tracking number",),
    "Contract": ("contract", "contract number"),
    "Proposal Award Date": ("proposal award date", "award date"),
    "Award Amount": ("award amount",),
    "DUNS": ("duns", "duns number"),
    "UEI": ("uei", "unique entity identifier"),
    "City": ("city",),
    "State": ("state",),
}
_OPTIONAL = frozenset({"DUNS", "UEI", "Contract", "City"})
_SOURCES = {
    "firm_id": "Company",
    "grant_id": "Agency Tracking Number",
    "awarded_on": "Proposal Award Date",
    "amount": "Award Amount",
    "currency": "Award Amount",
    "programme": "Agency",
    "phase": "Phase",
}
# An American register: where the order could be doubted, the month comes first.
_DATE_FORMS = ("%B %d, %Y", "%m-%d-%Y", "%m/%d/%Y")
_DUNS = r"(?!(.)\1{8})[0-9]{9}"
_UEI = r"[A-HJ-NP-Z1-9][A-HJ-NP-Z0-9]{11}"


def import_sbirgov(award_data: Path, firms: Path | None = None) -> Imported:
    """Read the awards and turn them into ``grants``.

    Parameters
    ----------
    award_data
        The CSV file of awards.
    firms
        A folder with a ``firms.csv`` that has the columns ``name`` and ``state``; its firms are then joined, and only
        ``grants`` is returned. Without it ``firms`` is made of the awardees.

    Returns
    -------
    Imported
        When joined, ``beside`` holds ``review_matches``: awards that fit a firm, but not surely enough to be used.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    awards = _read(award_data)
    notes: list[str] = []
    awards.reject(awards.frame["key"] == "", "Company", "missing_key")
    awards.reject(awards.frame["State"] == "", "State", "missing_value")
    beside: dict[str, pd.DataFrame] = {}
    if firms is None:
        firm_id = _awardee_ids(awards, notes)
    else:
        firm_id, beside["review_matches"] = _join(awards, firms)
    frames = {"grants": _grants(awards, firm_id, notes)}
    if firms is None:
        frames["firms"] = _awardees(awards.frame, frames["grants"]["firm_id"])
    else:
        joined = f"{len(frames['grants']):,} awards joined to {frames['grants']['firm_id'].nunique():,} firms"
        notes.insert(0, f"{joined}; {len(beside['review_matches']):,} doubtful ones in review_matches.csv")
    notes.append("numbers of employees are those of the day the file was fetched: not used")
    return close("sbirgov", (awards,), frames, notes, beside)


def _read(path: Path) -> Export:
    awards = read_export(path, ())
    header = [str(name) for name in awards.frame.columns]
    columns = {}
    for column, spellings in _SPELLINGS.items():
        found = [name for name in header if name.casefold().replace("_", " ") in spellings]
        if len(found) > 1 or not (found or column in _OPTIONAL):
            names = " or ".join(repr(spelling) for spelling in spellings)
            raise TableError(f"{path}: column {names} must stand once; the header is {listed(header)}")
        columns[column] = awards.frame[found[0]] if found else pd.Series("", index=awards.frame.index, dtype="str")
    frame = pd.DataFrame(columns)
    # The register's own export writes & as &amp;.
    frame["Company"] = frame["Company"].map(unescape).str.strip()
    frame["State"] = frame["State"].str.upper()
    awards.frame = frame.assign(key=match_keys(frame["Company"]))
    return awards


def _awardee_ids(awards: Export, notes: list[str]) -> pd.Series:
    frame = awards.frame
    number = _owned(_numbers(frame, notes), frame["key"], notes)
    place = frame["key"] + "\t" + frame["State"]
    numbers = number.mask(number == "").groupby(place)
    several = numbers.transform("nunique") > 1
    two_forms = has_two_forms(frame["Company"], place)
    inherited = numbers.transform("first").astype(object).fillna("").astype("str")
    unnumbered = number == ""
    awards.reject(unnumbered & (several | ((inherited == "") & two_forms)), "Company", "ambiguous_firm")
    _note(notes, int(place[several].nunique()), "names with several DUNS or UEI numbers: several firms, as stated")
    firm_id = number.mask(unnumbered, inherited).mask(
        unnumbered & (inherited == ""), place.str.casefold().str.replace(r"[ \t]", "-", regex=True)
    )
    return firm_id.loc[awards.frame.index].astype("str")


def _numbers(frame: pd.DataFrame, notes: list[str]) -> pd.Series:
    """Return each award's number, ``uei-…`` or ``duns-…``; empty where it states none that can be one."""
    # Eight digits are nine whose leading zero a spreadsheet has taken.
    stated = frame["DUNS"].mask(frame["DUNS"].str.fullmatch("[0-9]{8}"), "0" + frame["DUNS"])
    duns = stated.where(stated.str.fullmatch(_DUNS), "")
    uei = frame["UEI"].str.upper()
    uei = uei.where(uei.str.fullmatch(_UEI), "")
    unusable = ((stated != "") & (duns == "")) | ((frame["UEI"] != "") & (uei == ""))
    _note(notes, int(unusable.sum()), "awards with a DUNS or UEI that cannot be one: taken as not stated")
    # Older awards have only the DUNS, newer ones only the UEI; those with both tie the two together.
    both = pd.DataFrame({"duns": duns, "uei": uei}).loc[(duns != "") & (uei != "")].drop_duplicates()
    tied = both.drop_duplicates("duns", keep=False).set_index("duns")["uei"]
    uei = uei.mask(uei == "", duns.map(tied).astype(object).fillna("").astype("str"))
    return ("uei-" + uei).mask(uei == "", ("duns-" + duns).mask(duns == "", "")).astype("str")


def _owned(number: pd.Series, key: pd.Series, notes: list[str]) -> pd.Series:
    """Return the numbers, empty where another name bears the number more often, or as often."""
    uses = pd.DataFrame({"number": number, "key": key}).loc[number != ""].value_counts().rename("uses").reset_index()
    most = uses.loc[uses["uses"] == uses.groupby("number")["uses"].transform("max")]
    owner = most.drop_duplicates("number", keep=False).set_index("number")["key"]
    astray = (number != "") & (number.map(owner).astype(object).fillna("") != key)
    _note(notes, int(astray.sum()), "awards whose number is another name's as well: identified by name and state")
    return number.mask(astray, "")


def _join(awards: Export, folder: Path) -> tuple[pd.Series, pd.DataFrame]:
    known = known_firms(folder)
    found = match_firms(awards.frame.rename(columns={"Company": "name", "State": "state"})[["name", "state"]], known)
    for code in ("unmatched_firm", "ambiguous_firm", "generic_name"):
        awards.reject(found["code"].loc[awards.frame.index] == code, "Company", code)
    firm_id = found["firm_id"].loc[awards.frame.index]
    early = precedes_founding(_days(awards.frame), firm_id, known)
    found.loc[early.index[early], "code"] = "implausible_match"
    awards.reject(early, "Proposal Award Date", "implausible_match")
    doubtful = found.loc[~found["code"].isin(["", "unmatched_firm"])]
    return firm_id.loc[awards.frame.index], guard_frame(doubtful.assign(row=doubtful.index))


def _days(frame: pd.DataFrame) -> pd.Series:
    return to_iso(frame["Proposal Award Date"], *_DATE_FORMS)


def _grants(awards: Export, firm_id: pd.Series, notes: list[str]) -> pd.DataFrame:
    source = awards.frame
    amount = grouped_thousands(source["Award Amount"])
    unstated = amount.str.fullmatch(r"0+(\.0*)?")
    amount = amount.mask(unstated, "")
    number = source["Agency Tracking Number"].mask(source["Agency Tracking Number"] == "", source["Contract"])
    phase = source["Phase"].str.replace(r"(?i)^phase\s+", "", regex=True)
    awarded_on = _days(source)
    grants = pd.DataFrame(
        {
            "firm_id": firm_id,
            "grant_id": (number + "/" + phase + "/" + awarded_on).mask(number == "", ""),
            "awarded_on": awarded_on,
            "amount": amount,
            "currency": np.where(amount == "", "", "USD"),
            "programme": (source["Agency"] + " " + source["Program"]).str.strip(),
            "level": "national",
            "phase": phase,
        }
    ).astype("str")
    _note(notes, int((awarded_on == "").sum()), "awards of which only the fiscal year is known: not used")
    _note(notes, int(unstated.sum()), "amounts of 0: read as not stated")
    firm_ids: npt.NDArray[np.object_] = np.unique(firm_id.to_numpy(object))
    return awards.keep_valid("grants", grants, _SOURCES, firm_ids)


def _awardees(awards: pd.DataFrame, firm_id: pd.Series) -> pd.DataFrame:
    """Return one firm for each id, as its first award has it."""
    first = first_records(awards.assign(firm_id=firm_id, day=_days(awards)), "day", "Agency Tracking Number")
    state = first["State"]
    columns = {"firm_id": first["firm_id"], "name": first["Company"], "country": "US", "region": state}
    return pd.DataFrame({**columns, "city": first["City"], "state": state}).astype("str")


def _note(notes: list[str], count: int, what: str) -> None:
    if count:
        notes.append(f"{count:,} {what}")
