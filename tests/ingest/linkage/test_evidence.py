"""Evidence for and against a pair of firms, by hand."""

import pandas as pd
import pytest

from littlegiants.ingest.linkage import evidence
from littlegiants.ingest.linkage.evidence import find_evidence
from littlegiants.ingest.linkage.firms import read_firms


def side(*rows):
    records = [{"firm_id": str(number), **row} for number, row in enumerate(rows)]
    return read_firms(pd.DataFrame(records).fillna("").astype("str"), "side")


def found(left, right, floor=80.0):
    pairs, _ = find_evidence(side(left), side(right), floor)
    assert len(pairs) <= 1
    return pairs.iloc[0].to_dict() if len(pairs) else {}


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        ({"name": "Acme", "siren": "552100554"}, {"name": "Bolt", "siren": "552100554"}, "registration_id"),
        ({"name": "Acme", "website": "acme.com"}, {"name": "Bolt", "website": "www.acme.com"}, "website"),
        ({"name": "Acme Nano"}, {"name": "ACME NANO"}, "name"),
    ],
)
def test_a_pair_has_its_strongest_rule(left, right, rule):
    assert found(left, right)["rule"] == rule


def test_nothing_in_common_is_no_pair():
    assert found({"name": "Acme"}, {"name": "Bolt"}) == {}


def test_forms_that_differ_cost_twenty_points():
    pair = found({"name": "Acme Nano GmbH"}, {"name": "Acme Nano Inc."})
    assert (pair["alike"], pair["score"], pair["forms"]) == (100.0, 80.0, "differ")
    assert found({"name": "Acme Nano GmbH"}, {"name": "Acme Nano"})["forms"] == "unknown"


@pytest.mark.parametrize(
    ("left", "right", "place"),
    [
        ({"country": "US", "region": "CA"}, {"country": "US", "region": "CA"}, "agrees"),
        ({"country": "US", "region": "CA"}, {"country": "US", "region": "NY"}, "differs"),
        ({"country": "US"}, {"country": "FR"}, "differs"),
        ({"country": "US", "city": "Reno"}, {"country": "US", "region": "NV"}, "unknown"),
        # One that agrees outweighs the other: regions are cut in different ways.
        ({"region": "Bay", "city": "Reno"}, {"region": "NV", "city": "Reno"}, "agrees"),
    ],
)
def test_places(left, right, place):
    assert found({"name": "Acme Nano", **left}, {"name": "Acme Nano", **right})["place"] == place


def test_ids_of_one_scheme_agree_or_differ():
    one, other = "552100554", "732829320"
    names = {"name": "Acme Nano"}
    assert found({**names, "siren": one}, {**names, "siren": other})["ids"] == "differ"
    assert found({**names, "siren": one}, {**names, "siren": one})["ids"] == "agree"
    assert found({**names, "siren": one}, names)["ids"] == "unknown"


def test_what_too_many_firms_share_is_counted_and_left_out(monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_SHARED", 1)
    twice = side({"name": "Acme"}, {"name": "Acme"})
    pairs, common = find_evidence(twice, twice, 80.0)
    assert (len(pairs), common) == (0, 4)
