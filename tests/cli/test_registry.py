"""``giants models``: what is registered, and from which store it comes."""

import json
import re
from datetime import datetime

import pytest

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.registry import registry
from tests.cli.conftest import giants


def test_list_for_people(world):
    run = giants("models", "--store", world.store)
    known = registry.versions(world.store)
    assert (run.code, run.err) == (0, "")
    cells = [[cell.strip() for cell in re.split(" {2,}", line.strip())] for line in run.lines]
    assert cells == [
        ["version", "alias", "model", "auc on the test date", "registered (UTC)"],
        ["2", known[0].digest[:12], f"{known[0].auc:.3f}", known[0].created[:16].replace("T", " ")],
        ["1", "champion", known[1].digest[:12], f"{known[1].auc:.3f}", known[1].created[:16].replace("T", " ")],
    ]


def test_list_for_machines(world):
    run = giants("models", "--store", world.store, "--json")
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    result = json.loads(run.out)
    assert result["name"] == "littlegiants"
    newest, oldest = result["versions"]
    assert (newest["version"], newest["aliases"]) == (2, [])
    assert (oldest["version"], oldest["aliases"]) == (1, ["champion"])
    manifest = read_artefact(world.artefact).manifest
    assert oldest["model_version"] == manifest.digest[:12]
    assert oldest["auc"] == manifest.metrics["auc"].value
    assert datetime.fromisoformat(oldest["created"]).tzinfo is not None


def test_store_from_the_environment(world, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", world.store)
    assert giants("models").out == giants("models", "--store", world.store).out


@pytest.mark.parametrize(
    "command",
    [
        ("models",),
        ("promote", "latest", "--data", "d"),
        ("promote", "1", "--data", "d"),
        ("rollback", "--reason", "r"),
        ("replay", "latest", "--data", "d"),
    ],
)
def test_store_that_is_not_there(command, tmp_path):
    run = giants(*command)
    assert (run.code, run.out) == (6, "")
    assert run.err == (
        "giants: there is no model store mlflow.db; train a model first, or name its store with --store\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_empty_store(tmp_path):
    store = f"sqlite:///{tmp_path}/empty.db"
    with pytest.raises(RegistryError):  # makes the store
        registry.load("models:/littlegiants@champion", store)
    assert giants("models", "--store", store).out == "no model is registered yet; train one with `giants train`\n"
    assert json.loads(giants("models", "--store", store, "--json").out) == {"name": "littlegiants", "versions": []}
    for command in ("promote", "replay"):
        run = giants(command, "latest", "--data", "d", "--store", store)
        assert (run.code, run.err) == (6, "giants: no model is registered yet; train one with `giants train`\n")


def test_address_of_a_store_is_never_repeated(tmp_path):
    run = giants("models", "--store", "postgresql://user:sesame@localhost:1/mlflow")
    assert (run.code, run.out) == (6, "")
    assert "sesame" not in run.err
