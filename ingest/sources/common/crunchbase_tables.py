"""Tables that the Crunchbase exports of all years share: firms, acquisitions, and exits on an unknown day."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.places import THREE_LETTER_CODES
from littlegiants.ingest.sources.common.exports import Export, find_violations

COMPANY_COLUMNS = ("permalink", "name", "status", "country_code", "state_code", "region", "city", "founded_at")
ACQUISITION_COLUMNS = ("company_permalink", "acquired_at", "price_amount", "price_currency_code")
_EXITS = {"acquired": "acquisition", "closed": "closure", "ipo": "ipo"}
_FIRM_SOURCES = {"firm_id": "permalink", "founded_on": "founded_at", "country": "country_code", "state": "state_code"}
_OUTCOME_SOURCES = {
    "firm_id": "company_permalink",
    "happened_on": "acquired_at",
    "amount": "price_amount",
    "currency": "price_currency_code",
}


def firms_of(companies: Export, sectors: str, notes: list[str]) -> pd.DataFrame:
    """Return the firms of an export.

    Parameters
    ----------
    companies
        Its companies; those of an unknown status are quarantined.
    sectors
        The column that names one sector, or several separated by ``|``.
    notes
        Taken further.
    """
    # A firm of unknown status would pass for an operating one.
    companies.reject(~companies.frame["status"].isin(["operating", *_EXITS]), "status", "unknown_value")
    source = companies.frame
    region = source["region"].mask(source["region"].str.casefold() == "unknown", "")
    firms = pd.DataFrame(
        {
            "firm_id": firm_id_of(source["permalink"]),
            "name": source["name"],
            "country": source["country_code"].replace(THREE_LETTER_CODES),
            "region": region,
            "city": source["city"],
            "founded_on": source["founded_at"],
            # A semicolon inside a name would make two of it.
            "sectors": source[sectors].str.replace(";", ",").str.strip("|").str.replace("|", ";"),
            "state": source["state_code"],
        }
    ).astype("str")
    violations = find_violations("firms", firms)
    misdated = violations.loc[violations["column"] == "founded_on", "row"]
    firms.loc[misdated, "founded_on"] = ""
    firms = companies.keep_valid("firms", firms, {**_FIRM_SOURCES, "sectors": sectors})
    stated = firms.loc[firms["founded_on"] != "", "founded_on"]
    january = int(stated.str.endswith("-01-01").sum())
    note(notes, len(firms) - len(stated), "firms without a founding date")
    note(notes, len(misdated), "firms with an impossible founding date: kept without it")
    note(notes, january, f"of {len(stated):,} founding dates are 1 January, which is how a year alone was entered")
    note(notes, int((region != source["region"]).sum()), "regions called 'unknown': read as missing")
    return firms


def outcomes_of(acquisitions: Export, firm_ids: npt.NDArray[np.object_], notes: list[str]) -> pd.DataFrame:
    """Return the acquisitions that have a day.

    Parameters
    ----------
    acquisitions
        Those of an export; undated ones are quarantined.
    firm_ids
        Ascending ids of its firms.
    notes
        Taken further.
    """
    acquisitions.reject(acquisitions.frame["acquired_at"] == "", "acquired_at", "undated_outcome")
    source = acquisitions.frame
    outcomes = pd.DataFrame(
        {
            "firm_id": firm_id_of(source["company_permalink"]),
            "happened_on": source["acquired_at"],
            "kind": "acquisition",
            "amount": source["price_amount"],
            "currency": source["price_currency_code"].mask(source["price_amount"] == "", ""),
        }
    ).astype("str")
    violations = find_violations("outcomes", outcomes, firm_ids)
    # The event is certain even where its price is not, and two prices for one sale are no price.
    unusable = violations["column"].isin(["amount", "currency"]) | (violations["code"] == "duplicate_conflict")
    priceless = violations.loc[unusable, "row"].unique()
    outcomes.loc[priceless, ["amount", "currency"]] = ""
    note(notes, len(priceless), "acquisitions with a price that cannot be used: kept without it")
    return acquisitions.keep_valid("outcomes", outcomes, _OUTCOME_SOURCES, firm_ids)


def undated_exits(companies: Export, firms: pd.DataFrame, outcomes: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Return the firms that left on an unknown day, as their status says: ``firm_id, kind, source``.

    Parameters
    ----------
    companies
        The records of the firms.
    firms, outcomes
        The tables made of the export.
    notes
        Taken further.
    """
    status = companies.frame.loc[firms.index, "status"]
    dated = (status == "acquired") & firms["firm_id"].isin(outcomes["firm_id"])
    gone = status.isin(list(_EXITS)) & ~dated
    kind = status.loc[gone].map(_EXITS)
    for name, count in kind.value_counts().sort_index().items():
        note(notes, int(count), f"exits of kind {name} without a date: in undated_exits.csv, not in outcomes")
    return pd.DataFrame({"firm_id": firms.loc[gone, "firm_id"], "kind": kind, "source": f"{companies.name} status"})


def note_order(firms: pd.DataFrame, rounds: pd.DataFrame, notes: list[str]) -> None:
    """Count the firms that were founded after their first round.

    Parameters
    ----------
    firms, rounds
        The tables made of the export.
    notes
        Taken further.
    """
    founded = rounds["firm_id"].map(firms.set_index("firm_id")["founded_on"]).astype("str")
    early = rounds.loc[rounds["announced_on"] < founded, "firm_id"]
    note(notes, early.nunique(), "firms with a founding date after their first round: kept as stated")


def firm_id_of(permalink: pd.Series) -> pd.Series:
    """Return the last part of an address such as ``/organization/gevo``."""
    return permalink.str.rstrip("/").str.rsplit("/", n=1).str[-1].fillna("").astype("str")


def note(notes: list[str], count: int, what: str) -> None:
    """Add a note such as "3 rounds without an amount", unless the count is zero.

    Parameters
    ----------
    notes
        Taken further.
    count, what
        How many there are, and of what.
    """
    if count:
        notes.append(f"{count:,} {what}")
