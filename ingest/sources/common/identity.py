"""Firms of lists that name them by a registration number, or by name and region where there is none.

A number is a firm. A name without a number belongs to the one numbered firm of that name and region in the same list.
If there is none, the name and region are a firm of their own.
"""

import pandas as pd

from littlegiants.ingest.entities.names import has_two_forms, is_generic, match_keys
from littlegiants.ingest.entities.places import located_names, region_keys
from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.tables.parsing import MANGLED


def is_mangled(ids: pd.Series) -> pd.Series:
    """Say which ids a spreadsheet has held as numbers: leading zeros and digits after the fifteenth are lost.

    Examples
    --------
    >>> is_mangled(pd.Series(["9.111E+17", "600519.0", "1E10", "91110000600037341L"])).tolist()
    [True, True, False, False]
    """
    return ids.str.fullmatch(MANGLED)


def identify(export: Export, ids: pd.Series, name: str, region: str) -> pd.Series:
    """Return the firm of each record still in use, and quarantine the records whose firm is not certain.

    Parameters
    ----------
    export
        The records.
    ids
        Valid registration numbers by record, empty where the record has none.
    name, region
        Columns of the export that hold the firm's name and region.

    Returns
    -------
    Series of str
        Ids of firms, indexed as ``export.frame`` after the call.
    """
    names, regions = export.frame[name], export.frame[region]
    keys, located = match_keys(names), located_names(names, region_keys(regions))
    numbered = ids != ""
    export.reject(~numbered & (keys == ""), name, "no_firm")
    named = numbered & (keys != "")
    owners = ids[named].groupby(located[named])
    owner, count = owners.first(), owners.nunique()
    two_forms = has_two_forms(names.mask(numbered, ""), located)
    several = located.isin(count.index[count > 1])
    for mask, code in ((several | two_forms, "ambiguous_firm"), (keys.map(is_generic).astype(bool), "generic_name")):
        # Initials may stand for a firm of their own, but never for one of a number.
        unsure = mask if code == "ambiguous_firm" else mask & located.isin(owner.index)
        export.reject((~numbered & unsure).loc[export.frame.index], name, code)
    own = located.str.replace(r"[ \t]+", "-", regex=True).str.strip("-")
    named_firm = own.mask(located.isin(owner.index), located.map(owner.to_dict()).astype("str"))
    return ids.where(numbered, named_firm).loc[export.frame.index].astype("str")


def first_records(records: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return the first record of each ``firm_id``, ordered by id.

    Parameters
    ----------
    records
        Text columns, each named once, ``firm_id`` among them.
    *by
        Columns that say which record is the first, the most important one first.
    """
    # Ties are broken by content, so that the order of the file never matters.
    return records.sort_values(list(dict.fromkeys(("firm_id", *by, *records.columns)))).drop_duplicates("firm_id")


def first_seen(firms: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Return one row for each ``firm_id``, ordered by id: what its earliest record says, and nothing said later.

    Parameters
    ----------
    firms
        Firms as each record describes them, ``firm_id`` first.
    day
        ISO date of each record.
    """
    # A gap that a later record fills stays one: the fact would look known from the first day on.
    return first_records(firms.assign(_day=day), "_day").drop(columns="_day").reset_index(drop=True)
