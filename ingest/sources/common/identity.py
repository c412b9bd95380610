"""Firms of lists that name them by a registration number, or by name and region where there is none.

A number stands for itself. A name without one belongs to the firm with a number that alone has that name and region in
the same list; where none has, the name and region are a firm of their own.
"""

import pandas as pd

from littlegiants.ingest.entities.names import is_generic, legal_form, match_key
from littlegiants.ingest.sources.common.exports import Export

# How spreadsheets write a long number, or any number of a column that they took for fractions.
_MANGLED = r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2,3}|[0-9]+\.0+"
_REGION_WORD = r"(?<=..)(省|市|特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区)$"


def is_mangled(ids: pd.Series) -> pd.Series:
    """Say which ids have been numbers: their leading zeros, and all after the fifteenth digit, are lost.

    Examples
    --------
    >>> is_mangled(pd.Series(["9.111E+17", "600519.0", "1E10", "91110000600037341L"])).tolist()
    [True, True, False, False]
    """
    return ids.str.fullmatch(_MANGLED)


def identify(export: Export, ids: pd.Series, name: str, region: str) -> pd.Series:
    """Return the firm of each record still in use, and quarantine the records that no firm can be told for.

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
    Series of str, indexed as ``export.frame`` after the call
    """
    names, regions = export.frame[name], export.frame[region]
    keys = names.map({text: match_key(text) for text in names.unique()}).astype("str")
    places = (keys + "\t" + regions.str.casefold().str.replace(_REGION_WORD, "", regex=True)).astype("str")
    numbered = ids != ""
    export.reject(~numbered & (keys == ""), name, "no_firm")
    named = numbered & (keys != "")
    owners = ids[named].groupby(places[named])
    owner, count = owners.first(), owners.nunique()
    forms = names.map(legal_form)
    two_forms = forms.mask(forms == "").where(~numbered).groupby(places).transform("nunique") > 1
    several = places.isin(count.index[count > 1])
    for mask, code in ((several | two_forms, "ambiguous_firm"), (keys.map(is_generic).astype(bool), "generic_name")):
        # Initials may stand for a firm of their own, but never for one of a number.
        unsure = mask if code == "ambiguous_firm" else mask & places.isin(owner.index)
        export.reject((~numbered & unsure).loc[export.frame.index], name, code)
    own = places.str.replace(r"[ \t]+", "-", regex=True).str.strip("-")
    named_firm = own.mask(places.isin(owner.index), places.map(owner.to_dict()).astype("str"))
    return ids.where(numbered, named_firm).loc[export.frame.index].astype("str")


def first_records(records: pd.DataFrame, *by: str) -> pd.DataFrame:
    """Return the first record of each ``firm_id``, ordered by id.

    Parameters
    ----------
    records
        Text columns, each named once, ``firm_id`` among them.
    by
        Columns that say which record is the first, the foremost one first.
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
