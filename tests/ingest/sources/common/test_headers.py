"""Columns by the names that sources give them."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.headers import find_columns

SPELLINGS = {"name": ("企业名称", "firm name"), "awarded_on": ("公布日期", "公示日期")}


@pytest.mark.parametrize("written", ["企业名称", " 企业 名称", "Firm_Name", "ＦＩＲＭ ＮＡＭＥ", "企业名称（盖章）"])
def test_case_width_blanks_and_brackets_do_not_count(written):
    assert find_columns(["序号", written], SPELLINGS, ["name"], "x.csv") == {"name": written}


def test_best_spelling_is_taken():
    assert find_columns(["公示日期", "公布日期"], SPELLINGS, [], "x.csv") == {"awarded_on": "公布日期"}


@pytest.mark.parametrize("header", [["序号"], ["企业名称", "企业名称"], ["企业名称", "企业名称（新）"]])
def test_column_must_stand_once(header):
    with pytest.raises(TableError, match=r"x\.csv: column '企业名称' or 'firm name' must stand once in the header"):
        find_columns(header, SPELLINGS, ["name"], "x.csv")
