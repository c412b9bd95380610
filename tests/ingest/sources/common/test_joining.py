"""A match is one firm or none."""

import pandas as pd
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.joining import known_firms, match_firms, precedes_founding


@pytest.fixture
def known(tmp_path):
    def make(*lines, header="firm_id,name,state,founded_on"):
        (tmp_path / "firms.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return known_firms(tmp_path)

    return make


def match(known, *claims):
    found = match_firms(pd.DataFrame(claims, columns=["name", "state"], index=range(10, 10 + len(claims))), known)
    assert found.index.tolist() == list(range(10, 10 + len(claims)))
    return [tuple(row) for row in found.to_numpy().tolist()]


def test_state_decides_where_both_state_one(known):
    firms = known("g1,Gevo,CO,", "g2,Gevo,TX,", "a,Acme,,", "a,Acme Inc,,")
    assert match(firms, ("GEVO, Inc.", "co"), ("Gevo", "NY"), ("Gevo", ""), ("Acme", "NY"), ("Nobody", "NY")) == [
        ("g1", "", "g1"),
        ("", "unmatched_firm", ""),
        ("g1", "ambiguous_firm", "g1;g2"),
        ("a", "", "a"),
        ("", "unmatched_firm", ""),
    ]


def test_initials_and_two_legal_forms_are_doubtful(known):
    firms = known("k,KSE,MA,", "l,Literaseed,CA,")
    assert match(firms, ("KSE, Inc.", "MA"), ("Literaseed, Inc.", "CA"), ("Literaseed LLC", "CA")) == [
        ("k", "generic_name", "k"),
        ("l", "ambiguous_firm", "l"),
        ("l", "ambiguous_firm", "l"),
    ]


def test_no_claims_and_no_firms(known):
    assert match(known("g,Gevo,CO,")) == []
    assert match(known(), ("Gevo", "CO")) == [("", "unmatched_firm", "")]


def test_first_event_of_a_match_speaks_for_all(known):
    firms = known("y,Young,CO,2010-05-01", "u,Undated,CO,")
    days = pd.Series(["2008-12-31", "2011-01-01", "1999-01-01", "2009-01-01"])
    assert precedes_founding(days[:3], pd.Series(["y", "y", "u"]), firms).tolist() == [True, True, False]
    assert precedes_founding(days[3:], pd.Series(["y"], index=[3]), firms).tolist() == [False]


def test_firms_without_a_state_column_cannot_be_joined(known):
    with pytest.raises(TableError, match="no column 'state'; firms are joined by name and state, so add it"):
        known("g,Gevo", header="firm_id,name")


def test_founding_dates_are_optional(known):
    assert known("g,Gevo,CO", header="firm_id,name,state")["founded"].isna().all()
