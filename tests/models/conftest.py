"""The feature matrix that the tests of scoring share."""

import pytest

from littlegiants.features.cohort import cohort
from littlegiants.features.matrix import FeatureMatrix, feature_matrix
from littlegiants.features.snapshot import Snapshot
from tests.small_model import AS_OF


@pytest.fixture(scope="session")
def matrix(tables, model) -> FeatureMatrix:
    """Every firm at risk on the last day."""
    return feature_matrix(tables, AS_OF, model.population, cohort(Snapshot(tables, AS_OF)))
