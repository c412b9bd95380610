"""Investors of the Crunchbase snapshot of December 2013: who invested when in which firm, by name.

The list has no ids. A record belongs to the one firm of that name that has a round on that very day: of the name as
printed, or else of a name that agrees with it (`littlegiants.ingest.entities.names`). The firms and the rounds are
those of an import of the export of 2013.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from littlegiants.ingest.entities.names import match_keys
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.crunchbase_tables import note
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.investor_names import is_nobody, one_spelling
from littlegiants.ingest.sources.source import Source

SOURCE = Source(
    name="crunchbase-2013-investors",
    summary="Join the investors of the Crunchbase snapshot of 2013 to the rounds of an imported export.",
    path="FILE",
    path_help="CSV file of investments: company_name, investor_name, funded_when, amount_usd.",
    examples=("giants import crunchbase-2013-investors names.csv --join --out cb",),
    joins=True,
    position=11,
)

_COLUMNS = ("company_name", "investor_name", "funded_when", "amount_usd")
_SOURCES = {
    "firm_id": "company_name",
    "announced_on": "funded_when",
    "investor": "investor_name",
    "round_id": "amount_usd",
}
_CODES = ("unmatched_firm", "missing_record", "ambiguous_firm")


def import_crunchbase_2013_investors(source: Path, firms: Path | None = None) -> Imported:
    """Read the list and turn it into ``investments`` of the firms of another import.

    Parameters
    ----------
    source
        The CSV file.
    firms
        The folder of an import with ``firms.csv`` and ``rounds.csv``.

    Returns
    -------
    Imported
        ``beside`` holds ``review_investments``: records that several firms of the name fit.

    Raises
    ------
    ConfigError
        If ``firms`` is not given: the list has no firms of its own.
    TableError
        If a file is absent, cannot be read as a whole, or lacks a column.
    """
    if firms is None:
        raise ConfigError("the list names firms and describes none; add --join to join the firms of --out")
    export = read_export(source, _COLUMNS)
    for column, code in (
        ("company_name", "no_firm"),
        ("investor_name", "missing_key"),
        ("funded_when", "missing_date"),
    ):
        export.reject(export.frame[column] == "", column, code)
    export.reject(is_nobody(export.frame["investor_name"]), "investor_name", "source_excluded")
    rounds = _rounds(firms)
    found = _matched(export.frame, rounds)
    doubtful = export.frame[found["code"] == "ambiguous_firm"]
    review = doubtful.assign(row=doubtful.index, candidates=found.loc[doubtful.index, "candidates"])
    for code in _CODES:
        export.reject(found["code"].loc[export.frame.index] == code, "company_name", code)
    notes: list[str] = []
    investments = _investments(export, found, rounds, notes)
    joined = f"{len(investments):,} investments joined to {investments['firm_id'].nunique():,} firms"
    notes.insert(0, f"{joined}; {len(review):,} doubtful ones in review_investments.csv")
    notes.append("an investor entered long after the round stands as if known on its day")
    beside = {"review_investments": guard_frame(review)}
    return close("crunchbase-2013-investors", (export,), {"investments": investments}, notes, beside)


def _rounds(folder: Path) -> pd.DataFrame:
    """Return the rounds with the names of their firms: ``name, firm_id, round_id, announced_on, amount``."""
    named = read_export(folder / "firms.csv", ("firm_id", "name")).frame[["firm_id", "name"]]
    columns = ["firm_id", "round_id", "announced_on", "amount"]
    return read_export(folder / "rounds.csv", columns).frame[columns].merge(named, on="firm_id")


def _matched(records: pd.DataFrame, rounds: pd.DataFrame) -> pd.DataFrame:
    """Return for each record ``firm_id``, ``code`` (empty where the firm is certain) and ``candidates``."""
    printed = _candidates(records, rounds, lambda names: names)
    compared = _candidates(records, rounds, match_keys)
    found = printed.where(printed["size"].notna(), compared)
    known = match_keys(records["company_name"]).isin(match_keys(rounds["name"]))
    code = np.select([~known, found["size"].isna(), found["size"] > 1], _CODES, "")
    firms = {"firm_id": found["first"].fillna(""), "code": code, "candidates": found["join"].fillna("")}
    return pd.DataFrame(firms, records.index)


def _candidates(records: pd.DataFrame, rounds: pd.DataFrame, key: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """Return the first, the number and the list of the firms that have the record's name and a round on its day."""
    firms = rounds.assign(name=key(rounds["name"]))[["name", "announced_on", "firm_id"]].drop_duplicates()
    named = firms[firms["name"] != ""].sort_values("firm_id").groupby(["name", "announced_on"])["firm_id"]
    by_day = pd.DataFrame({"first": named.first(), "size": named.size(), "join": named.agg(";".join)})
    wanted = pd.MultiIndex.from_arrays([key(records["company_name"]), records["funded_when"]])
    return by_day.reindex(wanted).set_index(records.index)


def _investments(export: Export, found: pd.DataFrame, rounds: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    source = export.frame
    spelled = one_spelling(source["investor_name"])
    note(notes, int((spelled != source["investor_name"]).sum()), "investors' names in the spelling most used")
    firm_id = found["firm_id"].loc[source.index]
    round_id = _round_ids(firm_id, source["funded_when"], source["amount_usd"], rounds)
    note(notes, int((round_id == "").sum()), "investments on a day of several rounds: of no certain one")
    columns = {"firm_id": firm_id, "round_id": round_id, "announced_on": source["funded_when"], "investor": spelled}
    firm_ids = np.unique(firm_id.to_numpy(object))
    return export.keep_valid("investments", pd.DataFrame(columns).astype("str"), _SOURCES, firm_ids)


def _round_ids(firm_id: pd.Series, day: pd.Series, amount: pd.Series, rounds: pd.DataFrame) -> pd.Series:
    """Return the id of the firm's one round of the day, or of its one round of the day and the amount; else empty."""
    records = pd.DataFrame({"firm_id": firm_id, "announced_on": day, "amount": _plain(amount)})
    listed = rounds.assign(amount=_plain(rounds["amount"]))
    ids = pd.Series("", records.index)
    for by in (["firm_id", "announced_on", "amount"], ["firm_id", "announced_on"]):
        groups = listed.groupby(by, dropna=False)["round_id"]
        only = groups.first()[groups.size() == 1]
        matched = only.reindex(pd.MultiIndex.from_frame(records[by])).set_axis(records.index)
        ids = ids.mask(matched.notna(), matched)
    return ids.fillna("").astype("str")


def _plain(amounts: pd.Series) -> pd.Series:
    """Return amounts as numbers, by which "5000000.0" is "5000000"."""
    return pd.to_numeric(amounts, errors="coerce").fillna(-1.0)
