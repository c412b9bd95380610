"""When no probability is given: each rule, and which of several is named."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.matrix import FEATURES, FeatureMatrix, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.abstain import REASONS, abstain_reason

TABLES = ("rounds", "grants", "patents", "recognitions", "financials")


def matrix_of(events=3, unseen="", absent=()):
    """One firm's matrix with the given tables absent."""
    values = np.zeros((1, len(FEATURES)))
    for table in TABLES:
        values[0, FEATURES.index(f"{table}_observed")] = table not in absent
    return FeatureMatrix(
        np.array(["a"], object), date(2020, 1, 1), FEATURES, values, np.array([unseen], object), np.array([events])
    )


@pytest.mark.parametrize(
    ("given", "observed", "expected"),
    [
        ({}, TABLES, ""),
        ({}, (), ""),
        ({"events": 1}, TABLES, ""),
        ({"events": 0}, TABLES, "nothing_known"),
        ({"unseen": "country"}, TABLES, "unseen_country"),
        ({"unseen": "sector"}, TABLES, "unseen_sector"),
        ({"absent": ("grants",)}, TABLES, "table_missing"),
        # A table that training did not have either is no loss.
        ({"absent": ("grants",)}, ("rounds", "patents"), ""),
        ({"absent": TABLES}, (), ""),
        # The reason that a person can do least about is named.
        ({"unseen": "sector", "absent": ("rounds",)}, TABLES, "unseen_sector"),
        ({"unseen": "country", "absent": ("rounds",)}, TABLES, "unseen_country"),
        ({"events": 0, "unseen": "country", "absent": ("rounds",)}, TABLES, "nothing_known"),
    ],
)
def test_the_reason_of_one_firm(given, observed, expected):
    assert abstain_reason(matrix_of(**given), observed).tolist() == [expected]
    assert expected == "" or expected in REASONS


@pytest.mark.parametrize("table", TABLES)
def test_each_table_that_training_had_is_missed(table):
    assert abstain_reason(matrix_of(absent=(table,)), TABLES).tolist() == ["table_missing"]


def test_the_reasons_of_real_firms():
    places = [("NO", "ai")] * 25 + [("AQ", "ai"), ("NO", "alchemy"), ("NO", ""), ("", "ai"), ("NO", "alchemy;ai")]
    firms = pd.DataFrame(places, columns=["country", "sectors"])
    firms.insert(0, "firm_id", [f"f{number:02d}" for number in range(len(firms))])
    firms["founded_on"] = "2010-01-01"
    rounds = pd.DataFrame({"firm_id": firms["firm_id"][1:], "announced_on": "2015-01-01", "kind": "seed"})
    rounds["round_id"] = rounds["firm_id"]
    known = Population.fit(Tables.from_frames({"firms": firms[:25]}), date(2015, 12, 31))
    matrix = feature_matrix(Tables.from_frames({"firms": firms, "rounds": rounds}), date(2016, 1, 1), known)
    found = dict(zip(matrix.firm_ids, abstain_reason(matrix, ("rounds",)), strict=True))
    assert {firm: reason for firm, reason in found.items() if reason} == {
        "f00": "nothing_known",
        "f25": "unseen_country",
        "f26": "unseen_sector",
    }


def test_no_firm_at_all():
    matrix = matrix_of()
    nobody = FeatureMatrix(
        matrix.firm_ids[:0], matrix.as_of, FEATURES, matrix.values[:0], matrix.unseen[:0], matrix.events[:0]
    )
    assert abstain_reason(nobody, TABLES).tolist() == []
