"""Crunchbase exports of 2013 to 2015: companies, rounds, acquisitions and, from 2014 on, investments.

The layout of 2013 names one category a firm and does not number rounds. The later layout has several categories and
numbered rounds; it is recognised by its column ``category_list``. The exports give acquisitions their day, but closures
and IPOs only as a firm's status. Such an exit has no day, so it is no row of ``outcomes``; ``undated_exits.csv`` lists
it, so that the firm does not pass for an operating one.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.crunchbase_2015 import read_funding
from littlegiants.ingest.sources.common.crunchbase_tables import (
    ACQUISITION_COLUMNS,
    COMPANY_COLUMNS,
    firm_id_of,
    firms_of,
    note,
    note_order,
    outcomes_of,
    undated_exits,
)
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="crunchbase",
    summary="Import a Crunchbase export in the layout of 2013, or in that of 2014 and 2015.",
    path="DIR",
    path_help="Folder with companies.csv, rounds.csv, acquisitions.csv; later exports also investments.csv.",
    examples=("giants import crunchbase downloads/crunchbase-2013 --out data/crunchbase",),
    position=10,
)

_SECTORS_2013, _SECTORS_2015 = "category_code", "category_list"
_ROUND_COLUMNS = ("company_permalink", "funding_round_type", "funded_at", "raised_amount_usd")
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
    """Read an export and turn it into ``firms``, ``rounds``, ``outcomes`` and, where it has any, further tables.

    These are ``grants`` and, in the layout of 2014 and 2015, ``investments``.

    Every round and acquisition counts as known on its own day: the export does not say when it was entered.

    Parameters
    ----------
    source
        The folder of the files.

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
    companies = read_export(source / "companies.csv", COMPANY_COLUMNS)
    acquisitions = read_export(source / "acquisitions.csv", ACQUISITION_COLUMNS)
    notes: list[str] = []
    sectors = _sectors(companies, source)
    firms = firms_of(companies, sectors, notes)
    firm_ids = np.unique(firms["firm_id"].to_numpy(object))
    exports: tuple[Export, ...]
    if sectors == _SECTORS_2015:
        funding, exports = read_funding(source, firm_ids, notes)
    else:
        rounds = read_export(source / "rounds.csv", _ROUND_COLUMNS)
        funding, exports = _funding(rounds, firm_ids, notes), (rounds,)
    frames = {"firms": firms, **funding, "outcomes": outcomes_of(acquisitions, firm_ids, notes)}
    exits = undated_exits(companies, firms, frames["outcomes"], notes)
    note_order(firms, frames["rounds"], notes)
    return close("crunchbase", (companies, *exports, acquisitions), frames, notes, {"undated_exits": exits})


def _sectors(companies: Export, source: Path) -> str:
    found = [name for name in (_SECTORS_2013, _SECTORS_2015) if name in companies.frame]
    if len(found) != 1:
        raise TableError(
            f"{source / 'companies.csv'} has neither of the known layouts, or both: exactly one of the columns "
            f"{_SECTORS_2013!r} (2013) and {_SECTORS_2015!r} (2014 and 2015) must stand in it"
        )
    return found[0]


def _funding(rounds: Export, firm_ids: npt.NDArray[np.object_], notes: list[str]) -> dict[str, pd.DataFrame]:
    types = rounds.frame["funding_round_type"].str.casefold().str.replace("_", "-")
    rounds.reject(~types.isin(["", *_KINDS]), "funding_round_type", "unknown_value")
    source = rounds.frame
    amount = source["raised_amount_usd"]
    kind = types.loc[source.index].map(_KINDS).fillna("")
    firm_id = firm_id_of(source["company_permalink"])
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
    note(notes, int((frames["rounds"]["amount"] == "").sum()), "rounds without an amount")
    note(
        notes, int((frames["rounds"]["kind"] == "other").sum()), "rounds of type 'other': equity, debt or grant, unsaid"
    )
    return frames
