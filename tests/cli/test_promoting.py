"""``giants promote`` and ``giants rollback``: which model speaks for the product, and what it was decided on."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from littlegiants.cli.promoting import _crown
from littlegiants.ingest.errors import PromotionError, RegistryError
from littlegiants.models.registry import registry
from littlegiants.training.tracking import track
from tests.cli.conftest import AS_OF, giants


def aliases(store) -> dict[int, list[str]]:
    return {known.version: list(known.aliases) for known in registry.versions(store)}


@pytest.fixture(scope="module")
def proving_store(promotion_world, tmp_path_factory):
    """A store with two honest models and, as version 3, one that learned the opposite."""
    folder = tmp_path_factory.mktemp("proving")
    address = f"sqlite:///{folder}/mlflow.db"
    opposite = promotion_world.fit(labels=1 - promotion_world.trained.fitting.market)
    for model in (promotion_world.trained.model, promotion_world.fit(seed=8), opposite):
        track(replace(promotion_world.trained, model=promotion_world.recorded_anew(model)), address)
    return address


@pytest.fixture(scope="module")
def first_decision(promotion_world, proving_store):
    """What the commands say, in the order in which a year brings them."""
    data = ("--data", promotion_world.folder / "data", "--store", proving_store)
    back = ("rollback", "--store", proving_store, "--reason", "one sector was off")
    commands = {
        "first": ("promote", 1, *data),
        "second": ("promote", "2", *data, "--json"),
        "opposite": ("promote", "latest", *data, "--override", "I like it"),
        "again": ("promote", 2, *data),
        "back": (*back, "--json"),
        "taken back": ("promote", 2, *data, "--json"),
        "further back": back,
    }
    found = {}
    for name, command in commands.items():
        found[name] = giants(*command), aliases(proving_store)
    return found


def test_the_first_model_passes_without_a_champion(first_decision, promotion_world):
    run, after = first_decision["first"]
    version = promotion_world.model.version
    assert (run.code, run.err, after[1]) == (0, "", ["champion"])
    assert run.lines[-1] == f"version 1 ({version}) is the champion"
    assert "judged on the window of 2023-12-31 to 2025-12-31, protocol " in run.out
    assert [line.split()[:2] for line in run.lines if line.startswith("pass")][:2] == [
        ["pass", "artefact"],
        ["pass", "digest"],
    ]


def test_the_next_one_is_compared_with_it(first_decision):
    run, after = first_decision["second"]
    assert (run.code, run.err) == (0, "")
    result = json.loads(run.out)
    assert (result["promoted"], result["champion"], result["former"], result["refused"]) == (True, 2, 1, [])
    verdicts = {check["code"]: check["verdict"] for check in result["decision"]["checks"]}
    assert verdicts["skill"] == verdicts["slices"] == verdicts["protocol"] == "pass"
    assert after == {3: [], 2: ["champion"], 1: ["challenger"]}


def test_a_bad_one_is_refused_whatever_is_said_for_it_and_nothing_changes(first_decision):
    run, after = first_decision["opposite"]
    assert run.code == 6
    assert run.err.startswith("giants: version 3 is not promoted: refused by baselines, ")
    assert run.err.count("\n") == 1
    assert any(line.startswith("refuse") and " baselines " in line for line in run.lines)
    assert after == {3: [], 2: ["champion"], 1: ["challenger"]}


def test_the_champion_stays_the_champion(first_decision, proving_store):
    run, _ = first_decision["again"]
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("version 2 (")
    assert run.out.endswith(") is the champion already\n")


def test_the_champion_before_comes_back_by_rollback(first_decision):
    run, after = first_decision["back"]
    assert (run.code, run.err) == (0, "")
    assert json.loads(run.out)["champion"] == 1
    assert json.loads(run.out)["taken_back"] == 2
    assert after == {3: [], 2: [], 1: ["champion"]}


def test_what_was_taken_back_is_not_promoted_again(first_decision):
    run, after = first_decision["taken back"]
    assert (run.code, json.loads(run.out)["refused"]) == (6, ["version"])
    assert "one sector was off" in run.out
    assert after[1] == ["champion"]


def test_before_the_first_champion_there_is_none(first_decision):
    run, _ = first_decision["further back"]
    assert (run.code, run.out) == (6, "")
    assert run.err == "giants: version 1 is the first champion; there is none to go back to\n"


def test_every_decision_is_kept(first_decision, proving_store, tmp_path):
    client = MlflowClient(proving_store, proving_store)
    tags = {number: client.get_model_version("littlegiants", str(number)).tags for number in (1, 2, 3)}
    assert tags[1]["promotion_protocol"] == tags[2]["promotion_protocol"]
    assert tags[2]["promotion"] == "refused: version"
    assert tags[2]["rolled_back"].endswith(": one sector was off")
    assert "promotion_protocol" not in tags[3]
    run_id = str(client.get_model_version("littlegiants", "3").run_id)
    files = [file.path for file in client.list_artifacts(run_id, "promotion")]
    assert len(files) == 1
    kept = json.loads(Path(client.download_artifacts(run_id, files[0], str(tmp_path))).read_text(encoding="utf-8"))
    assert kept["override"] == "I like it"
    assert {"skill", "baselines"} <= {check["code"] for check in kept["checks"] if check["verdict"] == "refuse"}


def test_an_alias_that_was_moved_by_hand_is_not_served(world, store):
    client = MlflowClient(store, store)
    registry.promote(2, store)
    client.set_registered_model_alias("littlegiants", "champion", "1")
    run = giants("score", "--data", world.data, "--as-of", AS_OF, "--out", "s.csv", "--store", store)
    assert (run.code, run.out) == (6, "")
    assert "the champion in the registry is version 1, but version 2 was made it last" in run.err
    with pytest.raises(RegistryError, match="an older one comes back by `giants rollback` only"):
        registry.load("models:/littlegiants@champion", store)
    registry.promote(2, store)
    assert registry.load("models:/littlegiants@champion", store).version == registry.versions(store)[0].digest[:12]


def test_a_champion_made_while_another_was_judged_is_not_passed_over(store):
    registry.promote(2, store)
    before = aliases(store)
    with pytest.raises(PromotionError, match="version 1 is not promoted: version 2 has become the champion while it"):
        _crown(1, None, store)
    assert aliases(store) == before
    _crown(1, 2, store)
    assert aliases(store)[1] == ["champion"]


def test_too_few_firms_prove_nothing(world, store):
    run = giants("promote", 2, "--data", world.data, "--store", store, "--json")
    assert run.code == 6
    # The second model of this world answers another question, from data that end earlier, too.
    assert {"label", "older_data", "baselines"} <= set(json.loads(run.out)["refused"])
    assert aliases(store) == {2: [], 1: ["champion"]}


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
    run = giants("promote", version, "--data", world.data, "--store", world.store)
    assert (run.code, run.out, run.err.count("\n")) == (code, "", 1)
    assert message in (None, run.err)
    assert aliases(world.store) == {2: [], 1: ["champion"]}


def test_a_strict_one_refuses_a_quarantined_row_before_it_judges(promotion_world, proving_store, tmp_path):
    shutil.copytree(promotion_world.folder / "data", tmp_path / "data")
    with (tmp_path / "data" / "firms.csv").open("a", encoding="utf-8") as firms:
        firms.write("f-new,,0000-13-01\n")
    before = aliases(proving_store)
    refused = giants("promote", 2, "--data", tmp_path / "data", "--store", proving_store, "--strict")
    assert (refused.code, refused.out) == (7, "")
    assert "--strict: 1 notice: firms: 1 of" in refused.err
    assert aliases(proving_store) == before


def test_a_reason_must_be_one(world):
    run = giants("rollback", "--store", world.store, "--reason", " ")
    assert (run.code, run.err) == (2, "giants: --reason is empty; say why the champion is taken back\n")


def test_damaged_model_never_becomes_the_champion(world, store):
    # A model unlike the other two: equal ones are one and the same, down to the digest that the files are found by.
    given = ("--data", world.data, "--config", world.config, "--outcome", "exit", "--store", store)
    version = json.loads(giants("train", *given, "--json").out)["model_version"]
    manifests = world.folder.rglob("artefact/manifest.json")
    (kept,) = [path for path in manifests if f'"digest": "{version}' in path.read_text(encoding="utf-8")]
    calibration = kept.with_name("calibration.json")
    calibration.write_bytes(calibration.read_bytes().replace(b"0", b"1", 1))
    run = giants("promote", "latest", "--data", world.data, "--store", store)
    assert (run.code, run.out, run.err.count("\n")) == (6, "", 1)
    assert "was changed after the model was written" in run.err
    assert aliases(store) == {3: [], 2: [], 1: ["champion"]}
    assert MlflowClient(store, store).get_model_version("littlegiants", "3").tags["promotion"] == "refused: artefact"
