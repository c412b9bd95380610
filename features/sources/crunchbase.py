"""The Crunchbase exports of 2013 in the layout ``companies.csv``, ``rounds.csv``, ``acquisitions.csv``.

The exports give acquisitions their day, but closures and IPOs only as a firm's status. Such an exit cannot be placed
in time, so it is no row of ``outcomes``; ``undated_exits.csv`` lists it, so that the firm is not taken for operating.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.sources.exports import Export, find_faults, read_export
from littlegiants.features.sources.imported import Imported, close

_COMPANY_COLUMNS = (
    "permalink",
    "name",
    "category_code",
    "status",
    "country_code",
    "state_code",
    "region",
    "city",
    "founded_at",
)
_ROUND_COLUMNS = ("company_permalink", "funding_round_type", "funded_at", "raised_amount_usd")
_ACQUISITION_COLUMNS = ("company_permalink", "acquired_at", "price_amount", "price_currency_code")
_FIRM_SOURCES = {
    "firm_id": "permalink",
    "founded_on": "founded_at",
    "sectors": "category_code",
    "country": "country_code",
    "state": "state_code",
}
_ROUND_SOURCES = {
    "firm_id": "company_permalink",
    "round_id": "company_permalink",
    "grant_id": "company_permalink",
    "announced_on": "funded_at",
    "awarded_on": "funded_at",
    "kind": "funding_round_type",
    "amount": "raised_amount_usd",
    "currency": "raised_amount_usd",
}
_OUTCOME_SOURCES = {
    "firm_id": "company_permalink",
    "happened_on": "acquired_at",
    "amount": "price_amount",
    "currency": "price_currency_code",
}

_EXITS = {"acquired": "acquisition", "closed": "closure", "ipo": "ipo"}
_GRANT = "grant"
# Types with hyphens are this layout's own; the others stand in the sister exports of the same year.
_KINDS = {
    "angel": "angel",
    "seed": "seed",
    "venture": "venture",
    "series-a": "series_a",
    "series-b": "series_b",
    "series-c+": "series_c_plus",
    "private-equity": "private_equity",
    "post-ipo": "post_ipo_equity",
    "post-ipo-equity": "post_ipo_equity",
    "post-ipo-debt": "post_ipo_debt",
    "crowdfunding": "crowdfunding",
    "equity-crowdfunding": "crowdfunding",
    "convertible": "convertible_note",
    "convertible-note": "convertible_note",
    "debt": "debt",
    "debt-round": "debt",
    "secondary-market": "secondary",
    "undisclosed": "undisclosed",
    "other": "other",
    "grant": _GRANT,
}


def import_crunchbase(source: Path) -> Imported:
    """Read an export and turn it into ``firms``, ``rounds``, ``outcomes`` and, where it lists any, ``grants``.

    Every round and acquisition counts as known on its own day: the export does not say when it was entered.

    Parameters
    ----------
    source
        The folder of the three files.

    Returns
    -------
    Imported
        ``firms`` has one column more than the contract, ``state``, by which other registers are matched; ``beside``
        holds ``undated_exits`` with the columns ``firm_id, kind, source``.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    companies = read_export(source / "companies.csv", _COMPANY_COLUMNS)
    rounds = read_export(source / "rounds.csv", _ROUND_COLUMNS)
    acquisitions = read_export(source / "acquisitions.csv", _ACQUISITION_COLUMNS)
    notes: list[str] = []
    firms = _firms(companies, notes)
    firm_ids = np.unique(firms["firm_id"].to_numpy(object))
    frames = {"firms": firms, **_funding(rounds, firm_ids, notes), "outcomes": _outcomes(acquisitions, firm_ids, notes)}
    exits = _undated_exits(companies, firms, frames["outcomes"], notes)
    _note_order(firms, frames["rounds"], notes)
    return close("crunchbase", (companies, rounds, acquisitions), frames, notes, {"undated_exits": exits})


def _firms(companies: Export, notes: list[str]) -> pd.DataFrame:
    # A firm of unknown status would pass for an operating one.
    companies.set_apart(~companies.frame["status"].isin(["operating", *_EXITS]), "status", "unknown_value")
    source = companies.frame
    region = source["region"].mask(source["region"].str.casefold() == "unknown", "")
    firms = pd.DataFrame(
        {
            "firm_id": _firm_id(source["permalink"]),
            "name": source["name"],
            "country": source["country_code"].replace({"USA": "US"}),
            "region": region,
            "city": source["city"],
            "founded_on": source["founded_at"],
            "sectors": source["category_code"],
            "state": source["state_code"],
        }
    )
    faults = find_faults("firms", firms)
    misdated = faults.loc[faults["column"] == "founded_on", "row"]
    firms.loc[misdated, "founded_on"] = ""
    firms = companies.keep_valid("firms", firms, _FIRM_SOURCES)
    stated = firms.loc[firms["founded_on"] != "", "founded_on"]
    january = int(stated.str.endswith("-01-01").sum())
    _note(notes, len(firms) - len(stated), "firms without a founding date")
    _note(notes, len(misdated), "firms with an impossible founding date: kept without it")
    _note(notes, january, f"of {len(stated):,} founding dates are 1 January, which is how a year alone was entered")
    _note(notes, int((region != source["region"]).sum()), "regions called 'unknown': read as missing")
    return firms


def _funding(rounds: Export, firm_ids: npt.NDArray[np.object_], notes: list[str]) -> dict[str, pd.DataFrame]:
    types = rounds.frame["funding_round_type"].str.casefold().str.replace("_", "-")
    rounds.set_apart(~types.isin(["", *_KINDS]), "funding_round_type", "unknown_value")
    source = rounds.frame
    amount = source["raised_amount_usd"]
    kind = types.loc[source.index].map(_KINDS).fillna("")
    firm_id = _firm_id(source["company_permalink"])
    # The source numbers no rounds. Taken from their content, ids stay when rows are added or the file is sorted anew.
    content = firm_id + "-" + kind + "-" + source["funded_at"] + "-" + amount.mask(amount == "", "undisclosed")
    common = pd.DataFrame({"firm_id": firm_id, "amount": amount, "currency": np.where(amount == "", "", "USD")})
    columns = {
        "rounds": {"round_id": content, "announced_on": source["funded_at"], "kind": kind},
        "grants": {"grant_id": content, "awarded_on": source["funded_at"]},
    }
    frames = {}
    for table, rows in (("rounds", kind != _GRANT), ("grants", kind == _GRANT)):
        part = common.assign(**columns[table]).loc[rows].astype("str")
        frames[table] = rounds.keep_valid(table, part, _ROUND_SOURCES, firm_ids)
    if frames["grants"].empty:
        del frames["grants"]  # without a single grant the export did not look for grants: not observed, not zero
    _note(notes, int((frames["rounds"]["amount"] == "").sum()), "rounds without an amount")
    _note(
        notes, int((frames["rounds"]["kind"] == "other").sum()), "rounds of type 'other': equity, debt or grant, unsaid"
    )
    return frames


def _outcomes(acquisitions: Export, firm_ids: npt.NDArray[np.object_], notes: list[str]) -> pd.DataFrame:
    acquisitions.set_apart(acquisitions.frame["acquired_at"] == "", "acquired_at", "undated_outcome")
    source = acquisitions.frame
    outcomes = pd.DataFrame(
        {
            "firm_id": _firm_id(source["company_permalink"]),
            "happened_on": source["acquired_at"],
            "kind": "acquisition",
            "amount": source["price_amount"],
            "currency": source["price_currency_code"].mask(source["price_amount"] == "", ""),
        }
    ).astype("str")
    faults = find_faults("outcomes", outcomes, firm_ids)
    # The event is certain even where its price is not, and two prices for one sale are no price.
    unusable = faults["column"].isin(["amount", "currency"]) | (faults["code"] == "duplicate_conflict")
    priceless = faults.loc[unusable, "row"].unique()
    outcomes.loc[priceless, ["amount", "currency"]] = ""
    _note(notes, len(priceless), "acquisitions with a price that cannot be used: kept without it")
    return acquisitions.keep_valid("outcomes", outcomes, _OUTCOME_SOURCES, firm_ids)


def _undated_exits(companies: Export, firms: pd.DataFrame, outcomes: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    status = companies.frame.loc[firms.index, "status"]
    dated = (status == "acquired") & firms["firm_id"].isin(outcomes["firm_id"])
    gone = status.isin(list(_EXITS)) & ~dated
    kind = status.loc[gone].map(_EXITS)
    for name, count in kind.value_counts().sort_index().items():
        _note(notes, int(count), f"exits of kind {name} without a date: in undated_exits.csv, not in outcomes")
    return pd.DataFrame({"firm_id": firms.loc[gone, "firm_id"], "kind": kind, "source": f"{companies.name} status"})


def _note_order(firms: pd.DataFrame, rounds: pd.DataFrame, notes: list[str]) -> None:
    founded = rounds["firm_id"].map(firms.set_index("firm_id")["founded_on"]).astype("str")
    early = rounds.loc[rounds["announced_on"] < founded, "firm_id"]
    _note(notes, early.nunique(), "firms with a founding date after their first round: kept as stated")


def _firm_id(permalink: pd.Series) -> pd.Series:
    return permalink.str.rstrip("/").str.rsplit("/", n=1).str[-1].fillna("").astype("str")


def _note(notes: list[str], count: int, what: str) -> None:
    if count:
        notes.append(f"{count:,} {what}")
