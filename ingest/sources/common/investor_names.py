"""Names of investors: one spelling for each, and the words that stand for investors nobody names."""

import pandas as pd

from littlegiants.ingest.entities.names import has_two_forms, match_keys

# As `match_keys` writes them. To take these for one investor each would give them a record that nobody has.
_NOBODY = """
angel; angels; angel investor; angel investors; other angel investors; unnamed angel investors
and other angel investors; anonymous; anonymous angel; anonymous angels; anonymous investor; anonymous investors
founder; founders; founder and friends; friends and family; family and friends; self; self funded
individual investor; individual investors; other investors; various; various angels; various investors
private investment; private investor; private investors; various private investors; private equity investors
undisclosed; undisclosed investor; undisclosed investors; undisclosed party; unknown
"""
NOBODY = frozenset(key.strip() for line in _NOBODY.strip().splitlines() for key in line.split(";"))


def is_nobody(names: pd.Series) -> pd.Series:
    """Say which names stand for investors that are not named.

    Examples
    --------
    >>> is_nobody(pd.Series(["Angel Investors", "Angel Investors LP", "Friends & Family"])).tolist()
    [True, True, True]
    """
    return match_keys(names).isin(NOBODY)


def one_spelling(names: pd.Series) -> pd.Series:
    """Return the most frequent spelling of each investor, the first by alphabet of equally frequent ones.

    Spellings are of one investor when their names agree (`littlegiants.ingest.entities.names`) and do not state two
    legal forms.

    Parameters
    ----------
    names
        One name a row.

    Examples
    --------
    >>> one_spelling(pd.Series(["SV Angel", "SV Angel", "sv angel, LLC", "Merck KGaA", "Merck Inc."])).tolist()
    ['SV Angel', 'SV Angel', 'SV Angel', 'Merck KGaA', 'Merck Inc.']
    """
    keys = match_keys(names)
    alone = has_two_forms(names, keys) | (keys == "")
    counts = pd.DataFrame({"key": keys, "name": names})[~alone].value_counts().rename("count").reset_index()
    usual = counts.sort_values(["key", "count", "name"], ascending=[True, False, True]).drop_duplicates("key")
    return names.where(alone, keys.map(usual.set_index("key")["name"].to_dict())).astype("str")
