"""The registry, on a real store: what it gives back, what it refuses, and what it never says."""

import os
import shutil

import mlflow
import numpy as np
import pytest
from mlflow import MlflowClient

from littlegiants.ingest.errors import ArtefactError, ConfigError, RegistryError
from littlegiants.models.registry import registry
from littlegiants.models.registry.stores import store_uri
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from tests.models.forging import sign

ARTEFACT = "artifacts/artefact"


@pytest.fixture(scope="module", autouse=True)
def _recorded(tracked):
    """Every test of this module finds version 1 in the store."""


@pytest.fixture
def client(store):
    return MlflowClient(store, store)


@pytest.fixture
def files(logged):
    """The files of version 1, which a test may change: they are put back afterwards."""
    saved = logged.parent / "saved"
    shutil.copytree(logged, saved)
    yield logged
    shutil.rmtree(logged)
    saved.rename(logged)


@pytest.fixture
def another(client, files):
    """A second version, of the same files; it and the aliases are removed afterwards."""
    version = client.create_model_version(registry.NAME, files.as_uri())
    digest = client.get_model_version(registry.NAME, "1").tags[registry.DIGEST_TAG]
    client.set_model_version_tag(registry.NAME, version.version, registry.DIGEST_TAG, digest)
    yield int(version.version)
    for alias in client.get_registered_model(registry.NAME).aliases:
        client.delete_registered_model_alias(registry.NAME, alias)
    client.delete_model_version(registry.NAME, version.version)


def refused(error, reference, store, *words):
    with pytest.raises(error) as caught:
        registry.load(reference, store)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    for word in (reference if error is not ArtefactError else "", *words):
        assert word in message, message
    return message


def test_a_version_gives_the_same_scores(model, matrix, store):
    found = registry.load("models:/littlegiants/1", store)
    assert found.manifest == model.manifest
    scores, expected = found.score(matrix), model.score(matrix)
    for name in SCORE_COLUMNS:
        np.testing.assert_array_equal(scores[name], expected[name])


def test_an_alias_gives_its_version(model, client, another, store):
    client.set_registered_model_alias(registry.NAME, "night-batch", "1")
    assert registry.load("models:/littlegiants@night-batch", store).manifest == model.manifest


def test_the_store_may_come_from_the_environment(monkeypatch, model, store):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    assert registry.load("models:/littlegiants/1").version == model.version
    assert store_uri() == store
    assert store_uri("sqlite:///other.db") == "sqlite:///other.db"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert store_uri() == "sqlite:///mlflow.db"


def test_loading_leaves_nothing_behind_and_changes_no_setting(monkeypatch, store, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = dict(os.environ), mlflow.get_tracking_uri()
    registry.load("models:/littlegiants/1", store)
    assert (dict(os.environ), mlflow.get_tracking_uri()) == before
    assert list(tmp_path.iterdir()) == []


def test_loading_never_runs_the_code_that_lies_beside_the_artefact(files, store, model):
    (files / "pyfunc.py").write_text("raise SystemExit('run')")
    (files / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: antigravity\n")
    assert registry.load("models:/littlegiants/1", store).version == model.version


@pytest.mark.parametrize(
    "reference",
    [
        "models:/littlegiants",
        "models:/littlegiants/",
        "models:/littlegiants/latest",
        "models:/littlegiants@",
        "models:/littlegiants@champion/../x",
        "models:/../secrets/1",
        "models:/little giants/1",
        "models:/littlegiants/1\n",
        "models:/littlegiants/-1",
        "models:/littlegiants/１",
        "models:/littlegiants/1#fragment",
        "models://elsewhere/littlegiants/1",
        "runs:/0123/model",
        "",
    ],
)
def test_a_malformed_reference_is_refused(reference, store):
    with pytest.raises(ConfigError) as caught:
        registry.load(reference, store)
    assert str(caught.value).endswith(
        "is no model; use models:/littlegiants@champion, models:/littlegiants/3 or a folder"
    )
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("models:/littlegiants/7", "not found"),
        ("models:/littlegiants/0", "not found"),
        ("models:/littlegiants/99999999999999999999999", "too large"),
        ("models:/dwarfs/1", "not found"),
        ("models:/littlegiants@nobody", "nobody not found"),
        ("models:/dwarfs@champion", "not found"),
    ],
)
def test_what_the_store_does_not_have_is_named(reference, words, store):
    refused(RegistryError, reference, store, words)


def test_a_changed_file_is_refused(files, store):
    path = files / ARTEFACT / "model.txt"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    refused(ArtefactError, "models:/littlegiants/1", store, "model.txt was changed after the model was written")


def test_another_artefact_than_the_registered_one_is_refused(files, store, model):
    sign(files / ARTEFACT, notes=["mine now"])
    message = refused(RegistryError, "models:/littlegiants/1", store, f"but {model.manifest.digest} was registered")
    assert model.manifest.digest != message.split("holds the artefact ")[1][:64]


def test_a_version_without_a_digest_is_refused(client, another, store):
    client.delete_model_version_tag(registry.NAME, str(another), registry.DIGEST_TAG)
    refused(RegistryError, f"models:/littlegiants/{another}", store, "but None was registered")


def test_missing_files_are_named(files, store):
    shutil.rmtree(files / ARTEFACT)
    refused(RegistryError, "models:/littlegiants/1", store)


@pytest.mark.parametrize(
    "address",
    [
        "http://user:pa55word@127.0.0.1:1",
        "http://127.0.0.1:1/?password=pa55word",
        "postgresql://user:pa55word@127.0.0.1:1/db",
        "mysql+pa55word://user@127.0.0.1:1/db",
        "gopher://user:pa55word@127.0.0.1:1/db",
        "sqlite:////proc/pa55word/mlflow.db",
    ],
)
def test_a_store_that_does_not_answer_is_refused_without_its_password(monkeypatch, address):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    for call in (
        lambda: registry.load("models:/littlegiants/1", address),
        lambda: registry.promote(1, address),
        lambda: registry.versions(address),
    ):
        with pytest.raises(RegistryError) as caught:
            call()
        message = str(caught.value)
        assert len(message.splitlines()) == 1
        assert message.startswith(("models:/littlegiants/1: ", "littlegiants version 1: ", "littlegiants: "))
        assert "user:" not in message
        assert "pa55word" not in message or address.startswith("sqlite")
        assert caught.value.__cause__ is None


def aliases_of(client):
    # A SQLite store gives numbers, a server gives text.
    return {alias: int(version) for alias, version in client.get_registered_model(registry.NAME).aliases.items()}


def test_promoting_moves_the_aliases(client, another, store):
    assert registry.promote(1, store) is None
    assert aliases_of(client) == {"champion": 1}
    assert registry.promote(another, store) == 1
    assert aliases_of(client) == {"champion": another, "challenger": 1}
    # Cached more changes nothing.
    assert registry.promote(another, store) == another
    assert aliases_of(client) == {"champion": another, "challenger": 1}
    assert registry.promote(1, store) == another
    assert aliases_of(client) == {"champion": 1, "challenger": another}


def test_a_challenger_without_a_champion_is_promoted(client, another, store):
    client.set_registered_model_alias(registry.NAME, "challenger", str(another))
    assert registry.promote(another, store) is None
    assert aliases_of(client) == {"champion": another}


def test_promoting_what_is_not_there_changes_nothing(client, another, store):
    registry.promote(1, store)
    with pytest.raises(RegistryError, match=r"littlegiants version 99: .*not found"):
        registry.promote(99, store)
    with pytest.raises(RegistryError, match=r"dwarfs version 1: .*not found"):
        registry.promote(1, store, "dwarfs")
    assert aliases_of(client) == {"champion": 1}


def test_versions_are_listed_newest_first(model, tracked, another, store):
    registry.promote(another, store)
    registry.promote(1, store)
    newest, oldest = registry.versions(store)
    assert (newest.version, newest.aliases, newest.run_id, newest.auc) == (another, ("challenger",), "", None)
    assert (oldest.version, oldest.aliases, oldest.run_id) == (1, ("champion",), tracked.run_id)
    assert oldest.digest == newest.digest == model.manifest.digest
    assert oldest.auc == model.manifest.metrics["auc"].value
    assert oldest.created.endswith("+00:00")


def test_an_unknown_name_has_no_versions(store):
    assert registry.versions(store, "dwarfs") == []
