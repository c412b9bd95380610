"""Firms of one side: what is compared of each, and which tables cannot be linked."""

import pandas as pd
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.linkage.firms import read_firms

HUAWEI = "914403001922038216"


def frame(**columns):
    return pd.DataFrame(columns, dtype="str")


def test_firms_are_ordered_by_id_and_made_comparable():
    firms = read_firms(
        frame(
            firm_id=["b", "a"],
            name=["深圳某某科技股份有限公司", "Müller & Söhne GmbH"],
            city=["深圳", "KÖLN"],
            website=["", "https://www.mueller.de/x"],
        ),
        "left",
    )
    shown = firms.frame[["firm_id", "key", "form", "domain", "country", "city", "han"]].to_dict("split")["data"]
    assert shown == [
        ["a", "muller and sohne", "gmbh", "mueller.de", "", "koln", False],
        ["b", "深圳某某科技", "公司", "", "", "深圳", True],
    ]
    assert firms.column("firm_id").tolist() == ["a", "b"]


def test_ids_come_from_columns_and_from_numbered_firms():
    firms = read_firms(
        frame(firm_id=[HUAWEI, "x"], name=["Huawei", "X"], siren=["", "552100554"], uscc=["", "nonsense"]), "left"
    )
    ids = firms.ids.to_dict("split")["data"]
    assert sorted(ids) == [[0, "uscc", f"uscc:{HUAWEI}"], [1, "siren", "siren:552100554"]]
    assert firms.invalid_ids == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"firm_id": ["a"]}, "left: column 'name' is missing; firms are linked by firm_id and name"),
        ({"firm_id": ["a", "a"], "name": ["x", "y"]}, "left: firm_id 'a' must stand once and not be empty"),
        ({"firm_id": [""], "name": ["x"]}, "left: firm_id '' must stand once and not be empty"),
    ],
)
def test_table_that_cannot_be_linked(columns, message):
    with pytest.raises(TableError, match=message):
        read_firms(frame(**columns), "left")


def test_no_firms():
    firms = read_firms(frame(firm_id=[], name=[]), "left")
    assert (len(firms.frame), len(firms.ids), firms.invalid_ids) == (0, 0, 0)
