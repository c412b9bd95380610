"""Where a registry may send us, and what it may call a file."""

import pytest

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.registry.locations import ALLOWED, allowed_locations, check_location, plain_name

SERVER, SECURE = "http://models.example:5000", "https://models.example"


@pytest.mark.parametrize(
    ("location", "store"),
    [
        ("/srv/mlruns/1/models/m-1/artifacts", "sqlite:///mlflow.db"),
        ("file:///srv/the%20store/m-1", "sqlite:///mlflow.db"),
        ("file://localhost/srv/m-1", "postgresql+psycopg://user:pw@db.example/mlflow"),
        ("mlruns/1/m-1", "sqlite:///mlflow.db"),
        ("mlflow-artifacts:/1/m-1", SERVER),
        ("mlflow-artifacts:/1/m-1", SECURE),
        ("mlflow-artifacts://models.example:5000/1", SERVER),
        ("mlflow-artifacts://models.example/1", SECURE),
        ("http://models.example:5000/x", "http://user:pw@models.example:5000"),
        ("HTTP://Models.Example:5000/x", SERVER),
        ("https://models.example:443/x", SECURE),
        ("https://models.example/x", "https://models.example:443"),
    ],
)
def test_the_store_itself_is_no_stranger(location, store):
    check_location(location, store)


@pytest.mark.parametrize(
    ("location", "store"),
    [
        ("file:///srv/m-1", SERVER),
        ("/srv/m-1", SERVER),
        ("file://other/srv/m-1", "sqlite:///mlflow.db"),
        ("mlflow-artifacts:/1/m-1", "sqlite:///mlflow.db"),
        ("mlflow-artifacts://models.example/1", SERVER),
        ("http://models.example/x", SERVER),
        ("http://models.example/x", SECURE),
        ("http://models.example:443/x", SECURE),
        ("http://models.example.evil:5000/x", SERVER),
        ("http://models.example:5000@evil:5000/x", SERVER),
        ("http://evil/x", "sqlite:///mlflow.db"),
        ("s3://bucket/x", SERVER),
        ("s3://bucket/x", "sqlite:///mlflow.db"),
        ("s3://other/x", SERVER),
        ("gopher://models.example:5000/x", SERVER),
        ("mlflow-artifacts:/1/../x", SERVER),
        ("mlflow-artifacts:/1/%252e%252e/x", SERVER),
        ("/srv/..%5c..%5cx", "sqlite:///mlflow.db"),
        ("mlflow-artifacts:/1?x=/../..", SERVER),
        ("mlflow-artifacts:/1#", SERVER),
        ("mlflow-artifacts:/1\n", SERVER),
        ("mlflow-artifacts:/1%0a", SERVER),
        ("http://models.example:99999/x", SERVER),
        ("http://[::1/x", SERVER),
    ],
)
def test_everywhere_else_is_refused_in_one_line(location, store):
    with pytest.raises(RegistryError) as caught:
        check_location(location, store, frozenset({"files.example", "s3://bucket-2"}))
    assert str(caught.value).isprintable()
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "named"),
    [
        ("https://files.example/x", "files.example"),
        ("https://files.example:443/x", "https://files.example"),
        ("http://files.example:8080/x", "files.example:8080"),
        ("http://files.example:8080/x", "http://files.example:8080"),
        ("s3://bucket/x", "s3://bucket"),
        ("mlflow-artifacts://files.example:5000/x", "files.example:5000"),
    ],
)
def test_a_place_that_was_named_is_none(location, named, monkeypatch):
    with pytest.raises(RegistryError, match="neither the store's own host nor named in LITTLEGIANTS_ARTEFACT_HOSTS"):
        check_location(location, SERVER, allowed_locations())
    monkeypatch.setenv(ALLOWED, f" other.example , {named.upper()}/,")
    check_location(location, SERVER, allowed_locations())


def test_a_named_host_names_its_usual_port_only(monkeypatch):
    monkeypatch.setenv(ALLOWED, "files.example")
    for location in ("http://files.example:8080/x", "s3://files.example/x", "https://user@files.example/x"):
        with pytest.raises(RegistryError, match="neither the store's own host nor named"):
            check_location(location, SERVER, allowed_locations())


def test_a_listed_name_is_plain():
    assert plain_name("artefact/model_subsidised.txt", "artefact") == "model_subsidised.txt"
    for listed in (
        "model.txt",
        "other/model.txt",
        "artefact/",
        "artefact/..",
        "artefact/a/b",
        "artefact/-x",
        "artefact",
    ):
        with pytest.raises(RegistryError, match="no plain name of a file in artefact"):
            plain_name(listed, "artefact")
