"""The reference cohort: sums of a cohort's features, which fit each other and name no firm."""

import numpy as np
import pytest
from pydantic import ValidationError

from littlegiants.models.distribution import Distribution
from littlegiants.models.reference_cohort import ReferenceCohort, reason_counts


def test_it_counts_every_feature_of_every_firm(matrix, model):
    reasons = np.full(len(matrix), "", object)
    reasons[:3] = "nothing_known"
    found = ReferenceCohort.of(matrix, reasons, model.manifest.categories, {"grants": 4})
    assert (found.as_of, found.firms, found.withheld) == (matrix.as_of, len(matrix), {"nothing_known": 3})
    assert tuple(found.features) == matrix.names
    country = matrix.values[:, matrix.names.index("country_code")]
    codes = np.arange(len(model.manifest.categories["country_code"]))
    assert found.features["country_code"].counts[1:-1] == tuple(int((country == code).sum()) for code in codes)
    text = found.model_dump_json()
    assert ReferenceCohort.model_validate_json(text) == found
    assert not any(firm in text for firm in matrix.firm_ids)
    assert len(text) < 50_000


def test_counts_of_other_firms_are_refused(model):
    seven = {"age_years": Distribution.of(np.arange(7.0))}
    with pytest.raises(ValidationError, match="the counts of age_years are not of 8 firms"):
        ReferenceCohort(as_of=model.cohort.as_of, firms=8, withheld={}, silent_days={}, features=seven)


def test_no_reason_is_no_count():
    assert reason_counts(np.array(["", ""], object)) == {}
