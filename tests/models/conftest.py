"""What the tests of models share: a feature matrix, and an artefact to be damaged."""

import shutil
from pathlib import Path

import lightgbm as lgb
import pytest

from littlegiants.features.cohort import cohort
from littlegiants.features.matrix import FeatureMatrix, feature_matrix
from littlegiants.features.snapshot import Snapshot
from tests.small_model import AS_OF


@pytest.fixture(scope="session")
def matrix(tables, model) -> FeatureMatrix:
    """Every firm at risk on the last day."""
    return feature_matrix(tables, AS_OF, model.population, cohort(Snapshot(tables, AS_OF)))


@pytest.fixture
def copy(artefact: Path, tmp_path: Path) -> Path:
    """A copy of the artefact, to be damaged."""
    shutil.copytree(artefact, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def no_parser(monkeypatch):
    """LightGBM's parser taken away: it must not be reached."""

    def reached(*_, **__):
        raise AssertionError("LightGBM was given bytes of a damaged artefact")

    monkeypatch.setattr(lgb, "Booster", reached)
