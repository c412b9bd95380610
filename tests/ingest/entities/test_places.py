"""Places of firms: regions without the word for what they are, and names together with them."""

import pandas as pd
import pytest

from littlegiants.ingest.entities.names import match_keys
from littlegiants.ingest.entities.places import THREE_LETTER_CODES, UNION_CODES, located_names, region_keys


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("广东省", "广东"),
        ("深圳市", "深圳"),
        ("香港特别行政区", "香港"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("宁夏回族自治区", "宁夏"),
        ("新疆维吾尔自治区", "新疆"),
        ("Île-de-France", "île-de-france"),
        # A single character before the word is no name of a region.
        ("某市", "某市"),
        ("", ""),
    ],
)
def test_region_is_compared_without_case_and_kind(written, compared):
    assert region_keys(pd.Series([written], dtype="str")).tolist() == [compared]


def test_name_and_region_are_one_text():
    names, regions = pd.Series(["Acme, Inc.", "ACME", "Acme"]), pd.Series(["ca", "ca", "co"])
    located = located_names(names, regions)
    assert located.tolist() == ["acme\tca", "acme\tca", "acme\tco"]
    assert located.str.split("\t").str[0].tolist() == match_keys(names).tolist()


def test_codes_become_those_of_iso():
    codes = pd.Series(["EL", "UK", "FR", "USA", "us"])
    assert codes.replace(UNION_CODES).replace(THREE_LETTER_CODES).tolist() == ["GR", "GB", "FR", "US", "us"]
