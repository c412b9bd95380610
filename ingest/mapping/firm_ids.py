"""Which firm each record is of: by its id, else by its name and place.

A name without an id belongs to the one firm of that name and place that has an id; without a place, to the one of that
name. If there is none, the name and place are a firm of their own. If there are several, none is taken.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.names import is_generic, split_name
from littlegiants.ingest.entities.places import region_keys


@dataclass(frozen=True, slots=True)
class FirmIds:
    """The firm of each record, and why some have none.

    Attributes
    ----------
    ids
        By record; empty where the firm is not certain.
    codes
        By record: empty, or the code of the quarantine.
    """

    ids: npt.NDArray[np.object_]
    codes: npt.NDArray[np.object_]


def find_firms(records: pd.DataFrame) -> FirmIds:
    """Return the firm of each record.

    Parameters
    ----------
    records
        ``id``, ``name`` and ``place``, each empty where the record does not say it.
    """
    ids = records["id"].to_numpy(object)
    codes = np.full(len(records), "", object)
    unnumbered = ids == ""
    if not unnumbered.any():
        return FirmIds(ids, codes)
    named = _keys(records)
    owners = named.loc[~unnumbered & (named["key"] != "").to_numpy()]
    alone, there = _owner(owners, "key"), _owner(owners, "located")
    rest = named.loc[unnumbered]
    # A firm that states no place differs in it from none.
    unplaced = _owner(owners.loc[owners["place"] == ""], "key")
    placed = (
        there.get(located, unplaced.get(key, "")) for located, key in zip(rest["located"], rest["key"], strict=True)
    )
    anywhere = (alone.get(key, "") for key in rest["key"])
    pairs = zip(rest["place"], placed, anywhere, strict=True)
    found = np.array([here if place else where for place, here, where in pairs], object)
    own = rest["located"].str.replace(r"[ \t|]+", "-", regex=True).str.strip("-")
    ids = ids.copy()
    ids[unnumbered] = np.where(found == "", own.to_numpy(object), found)
    codes[unnumbered] = _codes(rest, found)
    ids[codes != ""] = ""
    return FirmIds(ids, codes)


# No id: it has a character that none may have.
_SEVERAL = "\x01"


def _keys(records: pd.DataFrame) -> pd.DataFrame:
    pairs = records[["name", "place"]].drop_duplicates().reset_index(drop=True)
    # Taken apart once for both: the key of a name, and its legal form.
    split = [split_name(name) for name in pairs["name"]]
    key = pd.Series([one for one, _ in split], dtype=object)
    regions = region_keys(pairs["place"].astype("str"))
    pairs = pairs.assign(key=key, form=[form for _, form in split], located=key + "\t" + regions.astype(object))
    return records.merge(pairs, on=["name", "place"], how="left")


def _owner(owners: pd.DataFrame, by: str) -> dict[str, str]:
    """Return the id of the one firm of each key, and a mark where there are several."""
    distinct = owners[[by, "id"]].drop_duplicates()
    several = distinct[by].duplicated(keep=False)
    return dict(zip(distinct[by], distinct["id"].where(~several, _SEVERAL), strict=True))


def _codes(rest: pd.DataFrame, found: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    codes = np.full(len(rest), "", object)
    two_forms = (rest["form"].mask(rest["form"] == "").groupby(rest["located"]).transform("nunique") > 1).to_numpy(bool)
    generic = rest["key"].map({key: is_generic(key) for key in rest["key"].unique()}).to_numpy(bool)
    # Initials may stand for a firm of their own, but never for one with an id.
    codes[generic & (found != "")] = "generic_name"
    codes[two_forms | (found == _SEVERAL)] = "ambiguous_firm"
    codes[(rest["key"] == "").to_numpy()] = "no_firm"
    return codes
