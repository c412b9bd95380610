"""What the tests of models share: a feature matrix, and an artefact to be damaged."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import lightgbm as lgb
import pytest

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix, feature_matrix
from littlegiants.models.manifest import Manifest
from littlegiants.models.signing.signed_folders import sign
from littlegiants.models.signing.trust import Trust
from tests.models import forging
from tests.models.signatures import make_keys
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


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def trusted(keys, tmp_path) -> Trust:
    return Trust.by(keys[1], tmp_path / "state")


@pytest.fixture
def signed(copy, keys):
    """A signed copy of the artefact, to be damaged."""
    sign(copy, keys[0])
    return copy


@pytest.fixture
def later(signed, keys, tmp_path):
    """Another model, signed after the first."""
    shutil.copytree(signed, tmp_path / "later")
    (tmp_path / "later" / "signature.json").unlink()
    forging.sign(tmp_path / "later", seed=1)
    sign(tmp_path / "later", keys[0])
    return tmp_path / "later"


@pytest.fixture
def unread(no_parser, monkeypatch):
    """Every parser taken away, that of manifests too: none of them must be reached."""

    def reached(*_, **__):
        raise AssertionError("a parser was given bytes that were not signed")

    monkeypatch.setattr("littlegiants.models.artefact.integrity.json", SimpleNamespace(loads=reached))
    monkeypatch.setattr(Manifest, "model_validate", reached)
    monkeypatch.setattr("pandas.read_parquet", reached)
