"""Organisations of one register joined to the firms of another, by name and, where both state one, by state.

If several firms fit, none is taken: a wrong match gives a firm what it never had.
"""

from pathlib import Path

import pandas as pd

from littlegiants.ingest.entities.names import has_two_forms, is_generic, match_keys
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.exports import read_export

_YEARS_BEFORE_FOUNDING = 1


def known_firms(folder: Path) -> pd.DataFrame:
    """Return the firms of a folder to be joined: ``firm_id, key, state, founded`` (year, NaN where not known).

    Raises
    ------
    TableError
        If ``firms.csv`` is absent, cannot be read, or lacks a name or a state.
    """
    frame = read_export(folder / "firms.csv", ("firm_id", "name")).frame
    if "state" not in frame:
        raise TableError(f"{folder / 'firms.csv'} has no column 'state'; firms are joined by name and state, so add it")
    founded = frame["founded_on"] if "founded_on" in frame else pd.Series("", index=frame.index)
    known = pd.DataFrame(
        {
            "firm_id": frame["firm_id"],
            "key": match_keys(frame["name"]),
            "state": frame["state"].str.casefold(),
            "founded": pd.to_numeric(founded.str[:4], errors="coerce").astype(float),
        }
    )
    return known.loc[(known["key"] != "") & (known["firm_id"] != "")]


def match_firms(claims: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Find the firm of each claim.

    A firm fits when the keys of the names are equal and the states do not differ; a state that one side does not
    know differs from none.

    Parameters
    ----------
    claims
        ``name`` and ``state`` (empty where not known).
    known
        As `known_firms` returns it.

    Returns
    -------
    DataFrame
        With the claims' index: ``firm_id``; ``code``, empty where the firm is sure, else why it is not; and
        ``candidates``, the firms that fit, separated by ``;``.
    """
    named = pd.DataFrame(
        {
            "claim": range(len(claims)),
            "name": claims["name"],
            "key": match_keys(claims["name"]),
            "state": claims["state"].str.casefold(),
        }
    )
    pairs = named.merge(known, on="key", suffixes=("", "_firm"))
    fits = (pairs["state"] == pairs["state_firm"]) | (pairs["state"] == "") | (pairs["state_firm"] == "")
    pairs = pairs.loc[fits].drop_duplicates(["claim", "firm_id"]).sort_values(["claim", "firm_id"])
    firms = pairs.groupby("claim")["firm_id"]
    found = pd.DataFrame({"firm_id": firms.first(), "count": firms.size(), "candidates": firms.agg(";".join)})
    found = found.reindex(range(len(claims)))
    two_forms = has_two_forms(named["name"], named["key"], named["state"]).to_numpy(bool)
    code = pd.Series("", index=found.index)
    code[named["key"].map(is_generic).to_numpy(bool)] = "generic_name"
    code[(found["count"] > 1).to_numpy(bool) | two_forms] = "ambiguous_firm"
    code[found["count"].isna()] = "unmatched_firm"
    found["code"] = code
    return found[["firm_id", "code", "candidates"]].astype(object).fillna("").astype("str").set_index(claims.index)


def precedes_founding(days: pd.Series, firm_id: pd.Series, known: pd.DataFrame) -> pd.Series:
    """Say which events belong to a match whose first event precedes the founding by more than a year.

    Parameters
    ----------
    days, firm_id
        ISO dates and the matched firm of each.
    known
        As `known_firms` returns it.
    """
    founded = firm_id.map(known.drop_duplicates("firm_id", keep="last").set_index("firm_id")["founded"]).astype(float)
    first = pd.to_numeric(days.str[:4], errors="coerce").astype(float).groupby(firm_id).transform("min")
    return founded > first + _YEARS_BEFORE_FOUNDING
