"""What names of columns mean, and what a misspelt one resembles."""

import pytest

from littlegiants.ingest.mapping.column_meanings import (
    EVENT_GROUPS,
    MEANINGS,
    Meaning,
    is_known,
    meaning_of,
    resembled,
    target_of,
)
from littlegiants.ingest.tables.contract import FIRMS, TABLES


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("Organisation Name", Meaning("firm", "name")),
        ("企业名称（盖章）", Meaning("firm", "name")),
        ("Founded_Year", Meaning("firm", "founded_on")),
        ("官网", Meaning("firm", "website")),
        ("所属省份", Meaning("firm", "region")),
        ("Last Funding Date", Meaning("last round", "announced_on")),
        ("Raised Amount (USD)", Meaning("round", "amount")),
        ("认定批次", Meaning("recognition", "batch")),
        ("IPO Date", Meaning("ipo", "happened_on")),
        ("Total Funding Amount (in USD)", Meaning("sum", "total")),
    ],
)
def test_names_that_are_known(name, meaning):
    assert meaning_of(name) == meaning
    assert is_known(name)


@pytest.mark.parametrize("name", ["colour", "序号", "注册资本", "LinkedIn", ""])
def test_names_that_are_not(name):
    assert meaning_of(name) is None
    assert not is_known(name)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("fouded_on", "firms.founded_on"),
        ("Compny Name", "firms.name"),
        ("anounced on", "rounds.announced_on"),
        ("LinkedIn", ""),
        ("x", ""),
    ],
)
def test_names_that_resemble_a_known_one(name, target):
    assert resembled(name) == target


def test_every_meaning_is_of_a_column_that_there_is():
    known = {group: {column.name for column in TABLES[table].columns} for group, table in EVENT_GROUPS.items()}
    known |= {"firm": {"firm_id", *(column.name for column in FIRMS.columns)}}
    known["recognition"] |= {"batch"}
    found = {(meaning.group, meaning.column) for meaning in MEANINGS.values() if meaning.group in known}
    assert [one for one in found if one[1] not in known[one[0]]] == []
    assert target_of(Meaning("ipo", "happened_on")) == "outcomes.happened_on"
