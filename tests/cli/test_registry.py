"""``giants promote`` and ``giants models``: which model speaks for the product, and from which store it comes."""

import json
import re
from datetime import datetime

import pytest

from littlegiants.features.errors import RegistryError
from littlegiants.models import registry
from littlegiants.models.artefact import read_artefact
from tests.cli.conftest import AS_OF, giants


def aliases(store) -> dict[int, list[str]]:
    return {known.version: list(known.aliases) for known in registry.versions(store)}


def test_first_promotion(world):
    version = read_artefact(world.artefact).version
    assert world.runs["promote"].out == f"version 1 ({version}) is the champion\n"
    assert world.runs["promote"].err == ""


def test_promotion_makes_the_former_champion_the_challenger(world, store):
    first = read_artefact(world.artefact).version
    run = giants("promote", "latest", "--store", store)
    assert run.code == 0
    assert run.out.startswith("version 2 (")
    assert run.out.endswith(") is the champion; version 1 is now the challenger\n")
    assert aliases(store) == {2: ["champion"], 1: ["challenger"]}
    back = giants("promote", 1, "--store", store, "--json")
    assert json.loads(back.out) == {"champion": 1, "model_version": first, "former": 2}
    assert aliases(store) == {2: ["challenger"], 1: ["champion"]}
    again = giants("promote", 1, "--store", store)
    assert again.out == f"version 1 ({first}) is the champion\n"


def test_champion_of_the_moment_scores(world, store):
    def version():
        run = giants("score", "--data", world.data, "--as-of", AS_OF, "--out", "s.csv", "--store", store, "--json")
        return json.loads(run.out)["model_version"]

    before = version()
    assert before == read_artefact(world.artefact).version
    assert giants("promote", "latest", "--store", store).code == 0
    assert version() == registry.versions(store)[0].digest[:12] != before


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
    ("version", "code", "message"),
    [
        ("newest", 2, "giants: 'newest' is no version; give its number, or latest\n"),
        ("-1", 2, None),
        ("²", 2, "giants: '²' is no version; give its number, or latest\n"),
        ("999", 6, None),
        ("0", 6, None),
        ("9" * 30, 6, None),
    ],
)
def test_promote_refuses(version, code, message, world):
    run = giants("promote", version, "--store", world.store)
    assert (run.code, run.out, run.err.count("\n")) == (code, "", 1)
    assert message in (None, run.err)
    assert aliases(world.store) == {2: [], 1: ["champion"]}


def test_damaged_model_never_becomes_the_champion(world, store):
    # A model unlike the other two: equal ones are one and the same, down to the digest that the files are found by.
    given = ("--data", world.data, "--config", world.config, "--outcome", "exit", "--store", store)
    version = json.loads(giants("train", *given, "--json").out)["model_version"]
    manifests = world.folder.rglob("artefact/manifest.json")
    (kept,) = [path for path in manifests if f'"digest": "{version}' in path.read_text(encoding="utf-8")]
    calibration = kept.with_name("calibration.json")
    calibration.write_bytes(calibration.read_bytes().replace(b"0", b"1", 1))
    run = giants("promote", "latest", "--store", store)
    assert (run.code, run.out, run.err.count("\n")) == (6, "", 1)
    assert "was changed after the model was written" in run.err
    assert aliases(store) == {3: [], 2: [], 1: ["champion"]}


@pytest.mark.parametrize("command", [("models",), ("promote", "latest"), ("promote", "1")])
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
    run = giants("promote", "latest", "--store", store)
    assert (run.code, run.err) == (6, "giants: no model is registered yet; train one with `giants train`\n")


def test_address_of_a_store_is_never_repeated(tmp_path):
    run = giants("models", "--store", "postgresql://user:sesame@localhost:1/mlflow")
    assert (run.code, run.out) == (6, "")
    assert "sesame" not in run.err
