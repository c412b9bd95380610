"""Firms by id, else by name and place; what is not certain is none."""

import pandas as pd
import pytest

from littlegiants.ingest.mapping.firm_ids import find_firms


def found(*records):
    result = find_firms(pd.DataFrame(records, columns=["id", "name", "place"]))
    return list(zip(result.ids, result.codes, strict=True))


def test_ids_are_taken_as_they_are():
    assert found(("7", "Acme", ""), ("007", "", "")) == [("7", ""), ("007", "")]


@pytest.mark.parametrize("name", ["Acme Robotics", "ACME ROBOTICS, Inc.", "acme  robotics"])
def test_a_name_belongs_to_the_one_firm_that_has_an_id(name):
    assert found(("7", "Acme Robotics Inc", "CA"), ("", name, "")) == [("7", ""), ("7", "")]
    assert found(("7", "Acme Robotics Inc", "CA"), ("", name, "CA"))[1] == ("7", "")


def test_a_firm_of_the_same_name_elsewhere_is_another():
    assert found(("7", "Acme Robotics", "CA"), ("", "Acme Robotics", "NY"))[1] == ("acme-robotics-ny", "")
    assert found(("", "泰州示例气动有限公司", "江苏省"), ("", "泰州示例气动有限公司", "浙江省")) == [
        ("泰州示例气动-江苏", ""),
        ("泰州示例气动-浙江", ""),
    ]


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([("7", "Acme Robotics", ""), ("8", "Acme Robotics", ""), ("", "Acme Robotics", "")], "ambiguous_firm"),
        ([("", "Acme Robotics GmbH", ""), ("", "Acme Robotics AG", "")], "ambiguous_firm"),
        ([("7", "ABC", ""), ("", "ABC", "")], "generic_name"),
        ([("", "", "CA")], "no_firm"),
    ],
)
def test_what_is_not_certain_is_no_firm(records, code):
    assert found(*records)[-1] == ("", code)
