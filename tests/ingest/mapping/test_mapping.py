"""A mapping that cannot be meant is refused before any file is read."""

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.mapping.mapping import ColumnRule, EventRule, Mapping, SheetRule, as_rule, check

ROUND = EventRule(table="rounds", columns={"announced_on": "Date"})


def sheet(**changes):
    return Mapping((SheetRule(**{"file": "x.csv", "firm": {"name": "Company"}, "event": (ROUND,), **changes}),))


def test_a_rule_names_its_columns():
    rule = sheet(status=ColumnRule(column="Status"), only={"Type": ("A",)}).sheet[0]
    assert rule.named() == {"Company", "Date", "Status", "Type"}
    assert as_rule(ColumnRule(value="x")).value == "x"
    check(sheet())


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (Mapping(), r"has no \[\[sheet\]\]"),
        (sheet(firm={}), "must say which column names the firm"),
        (sheet(firm={"nme": "Company"}), "firms has no column 'nme'"),
        (sheet(firm={"name": ColumnRule()}), "needs a column or a value"),
        (sheet(firm={"name": ColumnRule(column="a", value="b")}), "and not both"),
        (sheet(firm={"name": "Contact Name"}), "is about people and is never read"),
        (sheet(event=(EventRule(table="raunds", columns={}),)), "table 'raunds' is not known"),
        (sheet(event=(EventRule(table="rounds", columns={"amount": "Size"}),)), "rounds needs announced_on"),
        (
            sheet(event=(EventRule(table="rounds", columns={"announced_on": ColumnRule(column="D", dates=("%Q",))}),)),
            "date format '%Q'",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(mapping, message):
    with pytest.raises(ConfigError, match=message):
        check(mapping)
