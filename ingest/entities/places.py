"""Where firms are, made comparable: codes of countries, and a name together with its region."""

import pandas as pd

from littlegiants.ingest.entities.names import match_keys

# Columns that say where a firm is, the widest first.
LOCATION_COLUMNS = ("country", "region", "city")
# The European Union writes these two codes otherwise than ISO 3166-1.
UNION_CODES = {"EL": "GR", "UK": "GB"}
# Three letters, of sources that have no other country in them.
THREE_LETTER_CODES = {"USA": "US"}
# What a Chinese region is, after its name: province, city, special administrative or autonomous region.
_REGION_WORD = r"(?<=..)(省|市|特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区)$"


def region_keys(regions: pd.Series) -> pd.Series:
    """Return regions as they are compared: without case, and without the word for what a Chinese region is.

    Examples
    --------
    >>> region_keys(pd.Series(["Bretagne", "广东省", "广西壮族自治区"])).tolist()
    ['bretagne', '广东', '广西']
    """
    return regions.str.casefold().str.replace(_REGION_WORD, "", regex=True)


def located_names(names: pd.Series, regions: pd.Series) -> pd.Series:
    r"""Return the key of each name and its region as one text, by which firms without a number are told apart.

    Regions are taken as they are given; see `region_keys`.

    Examples
    --------
    >>> located_names(pd.Series(["Acme, Inc."]), pd.Series(["ca"])).tolist()
    ['acme\tca']
    """
    return (match_keys(names) + "\t" + regions).astype("str")
