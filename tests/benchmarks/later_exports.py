"""Exports of December 2015 that never were, in the layout of 2014 and 2015, made from a real or a made one of 2013."""

import zlib
from pathlib import Path

import pandas as pd

from littlegiants.ingest.sources.crunchbase import import_crunchbase

# Of a hundred firms: how many meet each fate, drawn by their ids.
FATES = {"vanished": 3, "left before": 2, "acquired": 6, "raised": 25, "raised too little": 5, "raised late": 4}
_KINDS = {"series_a": ("venture", "A"), "series_b": ("venture", "B"), "series_c_plus": ("venture", "C")}
_NAMES = {
    "debt": "debt_financing",
    "crowdfunding": "equity_crowdfunding",
    "secondary": "secondary_market",
    "other": "undisclosed",
}
_BACK_FILLED = 10  # of a hundred firms get a round that the export of 2013 did not know


def fate(firm_id: str) -> str:
    """What becomes of a firm; empty for nothing."""
    drawn, bound = zlib.crc32(f"fate {firm_id}".encode()) % 100, 0
    for name, share in FATES.items():
        bound += share
        if drawn < bound:
            return name
    return ""


def back_filled(firm_id: str) -> bool:
    """Whether the later export knows a round of 2012 of the firm that the earlier one did not."""
    return zlib.crc32(f"filled {firm_id}".encode()) % 100 < _BACK_FILLED


def make_later(export: Path, folder: Path) -> Path:
    """Write companies, rounds and acquisitions as a later export might have them, and return the folder."""
    frames = import_crunchbase(export).frames
    firms = frames["firms"][frames["firms"]["firm_id"].map(fate) != "vanished"]
    ids, fates = firms["firm_id"], firms["firm_id"].map(fate)
    companies = pd.DataFrame(
        {
            "permalink": "/organization/" + ids,
            "name": firms["name"],
            "category_list": firms["sectors"],
            "status": "operating",
            "country_code": "USA",
            "state_code": firms["state"],
            "region": firms["region"],
            "city": firms["city"],
            "founded_at": firms["founded_on"],
        }
    )
    old = frames["rounds"][frames["rounds"]["firm_id"].isin(ids)]
    new = [
        pd.DataFrame({"firm_id": ids[chosen], "kind": kind, "announced_on": day, "amount": amount})
        for chosen, kind, day, amount in (
            (fates == "raised", "series_a", "2015-12-03", "1000000"),
            (fates == "raised too little", "seed", "2014-06-01", "999999"),
            (fates == "raised late", "series_a", "2015-12-04", "5000000"),
            (ids.map(back_filled), "seed", "2012-05-05", "150000"),
        )
    ]
    rounds = pd.concat([old[["firm_id", "kind", "announced_on", "amount"]], *new], ignore_index=True)
    types = [_KINDS.get(kind, (_NAMES.get(kind, kind), "")) for kind in rounds["kind"]]
    left = frames["outcomes"][frames["outcomes"]["firm_id"].isin(ids)]
    dated = [
        pd.DataFrame({"firm_id": ids[fates == name], "happened_on": day})
        for name, day in (("left before", "2013-10-01"), ("acquired", "2013-10-02"))
    ]
    acquisitions = pd.concat([left[["firm_id", "happened_on"]], *dated]).drop_duplicates("firm_id")
    folder.mkdir(parents=True)
    _write(companies, folder / "companies.csv")
    _write(
        pd.DataFrame(
            {
                "company_permalink": "/organization/" + rounds["firm_id"],
                "funding_round_permalink": [f"/funding-round/{number}" for number in range(len(rounds))],
                "funding_round_type": [kind for kind, _ in types],
                "funding_round_code": [code for _, code in types],
                "funded_at": rounds["announced_on"],
                "raised_amount_usd": rounds["amount"],
            }
        ),
        folder / "rounds.csv",
    )
    _write(
        pd.DataFrame(
            {
                "company_permalink": "/organization/" + acquisitions["firm_id"],
                "acquired_at": acquisitions["happened_on"],
                "price_amount": "",
                "price_currency_code": "",
            }
        ),
        folder / "acquisitions.csv",
    )
    return folder


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False)
