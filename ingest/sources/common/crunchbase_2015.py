"""Rounds, grants and investors of the Crunchbase exports of 2014 and 2015.

Rounds have an address of their own in these exports, and the letter of a venture round stands in a column by itself.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.sources.common.amounts import grouped_thousands
from littlegiants.ingest.sources.common.crunchbase_tables import firm_id_of, note
from littlegiants.ingest.sources.common.exports import Export, read_export

_ROUND = "funding_round_permalink"
_ROUND_COLUMNS = (
    *("company_permalink", _ROUND, "funding_round_type", "funding_round_code", "funded_at", "raised_amount_usd"),
)
_INVESTMENT_COLUMNS = ("investor_permalink", _ROUND)
_SOURCES = {
    "firm_id": "company_permalink",
    "round_id": _ROUND,
    "grant_id": _ROUND,
    "announced_on": "funded_at",
    "awarded_on": "funded_at",
    "kind": "funding_round_type",
    "amount": "raised_amount_usd",
    "currency": "raised_amount_usd",
}
_INVESTMENT_SOURCES = {
    "firm_id": _ROUND,
    "round_id": _ROUND,
    "announced_on": _ROUND,
    "investor": "investor_permalink",
}
_GRANT, _VENTURE = "grant", "venture"
_KINDS = {
    "angel": "angel",
    "seed": "seed",
    _VENTURE: "venture",
    "private_equity": "private_equity",
    "equity_crowdfunding": "crowdfunding",
    # Customers who pay before the product exists: the same crowd, and no share of the firm either way counted.
    "product_crowdfunding": "crowdfunding",
    "convertible_note": "convertible_note",
    "debt_financing": "debt",
    "post_ipo_equity": "post_ipo_equity",
    "post_ipo_debt": "post_ipo_debt",
    "secondary_market": "secondary",
    # Rooms and advice of an incubator.
    "non_equity_assistance": "other",
    "undisclosed": "undisclosed",
    _GRANT: _GRANT,
}
_SERIES = {"": "venture", "A": "series_a", "B": "series_b", **dict.fromkeys("CDEFGHIJ", "series_c_plus")}


def read_funding(
    source: Path, firm_ids: npt.NDArray[np.object_], notes: list[str]
) -> tuple[dict[str, pd.DataFrame], tuple[Export, Export]]:
    """Return ``rounds`` and, where the export lists any, ``grants`` and ``investments``; and the files they come from.

    Parameters
    ----------
    source
        The folder of the export.
    firm_ids
        Ascending ids of its firms.
    notes
        Taken further.

    Raises
    ------
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    rounds = read_export(source / "rounds.csv", _ROUND_COLUMNS)
    investments = read_export(source / "investments.csv", _INVESTMENT_COLUMNS)
    frames = _tables(rounds, firm_ids)
    frames["rounds"] = frames["rounds"].assign(investor_count=_investors(investments, rounds, frames))
    if len(investments.frame):
        frames["investments"] = _investments(investments, frames["rounds"], firm_ids)
    if frames["grants"].empty:
        del frames["grants"]  # without a single grant the export did not look for grants: not observed, not zero
    note(notes, int((frames["rounds"]["amount"] == "").sum()), "rounds without an amount")
    note(
        notes, int((frames["rounds"]["kind"] == "other").sum()), "rounds of assistance without equity: of kind 'other'"
    )
    note(notes, int((frames["rounds"]["investor_count"] == "").sum()), "rounds without a named investor: not counted")
    notes.append("rounds and investors entered long after the event stand as if known on its day")
    return frames, (rounds, investments)


def _tables(rounds: Export, firm_ids: npt.NDArray[np.object_]) -> dict[str, pd.DataFrame]:
    types = rounds.frame["funding_round_type"].str.casefold()
    rounds.reject(~types.isin(["", *_KINDS]), "funding_round_type", "unknown_value")
    code = rounds.frame["funding_round_code"].str.upper()
    unknown = (types.loc[rounds.frame.index] == _VENTURE) & ~code.isin(list(_SERIES))
    rounds.reject(unknown, "funding_round_code", "unknown_value")
    source = rounds.frame
    kind = types.loc[source.index].map(_KINDS).fillna("")
    kind = kind.mask(kind == "venture", code.loc[source.index].map(_SERIES))
    # The release of 2014 groups thousands and writes a dash for what it does not know.
    amount = grouped_thousands(source["raised_amount_usd"].mask(source["raised_amount_usd"] == "-", ""))
    firm_id, round_id = firm_id_of(source["company_permalink"]), firm_id_of(source[_ROUND])
    common = pd.DataFrame({"firm_id": firm_id, "amount": amount, "currency": np.where(amount == "", "", "USD")})
    columns = {
        "rounds": {"round_id": round_id, "announced_on": source["funded_at"], "kind": kind},
        "grants": {"grant_id": round_id, "awarded_on": source["funded_at"]},
    }
    frames = {}
    for table, rows in (("rounds", kind != _GRANT), ("grants", kind == _GRANT)):
        part = common.assign(**columns[table]).loc[rows].astype("str")
        frames[table] = rounds.keep_valid(table, part, _SOURCES, firm_ids)
    return frames


def _investors(investments: Export, rounds: Export, frames: dict[str, pd.DataFrame]) -> pd.Series:
    """Return the number of investors of each round; empty where the export names none."""
    frame = investments.frame.assign(round_id=firm_id_of(investments.frame[_ROUND]))
    investments.frame = frame
    investments.reject(frame["round_id"] == "", _ROUND, "missing_key")
    investments.reject(investments.frame["investor_permalink"] == "", "investor_permalink", "missing_key")
    used = firm_id_of(rounds.frame[_ROUND])
    investments.reject(~investments.frame["round_id"].isin(used), _ROUND, "missing_record")
    investments.reject(~investments.frame["round_id"].isin(frames["rounds"]["round_id"]), _ROUND, "source_excluded")
    again = investments.frame.duplicated(["round_id", "investor_permalink"])
    investments.reject(again, "investor_permalink", "duplicate_row")
    counts = investments.frame["round_id"].value_counts().astype("str")
    return frames["rounds"]["round_id"].map(counts).astype(object).fillna("").astype("str")


def _investments(investments: Export, rounds: pd.DataFrame, firm_ids: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return who took part in each round: investors are known by their address, which no other one has."""
    frame = investments.frame
    columns = rounds.drop_duplicates("round_id").set_index("round_id")[["firm_id", "announced_on"]]
    rows = columns.reindex(frame["round_id"]).set_index(frame.index)
    rows = rows.assign(round_id=frame["round_id"], investor=firm_id_of(frame["investor_permalink"])).astype("str")
    return investments.keep_valid("investments", rows, _INVESTMENT_SOURCES, firm_ids)
