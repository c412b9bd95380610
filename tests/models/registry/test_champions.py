"""The line of champions: who is it, and the way back."""

import numpy as np
import pytest
from mlflow import MlflowClient

from littlegiants.ingest.errors import ArtefactError, RegistryError
from littlegiants.models.registry import champions, registry

CALLS = ("set_registered_model_tag", "set_registered_model_alias", "delete_registered_model_tag")


@pytest.fixture
def client(store):
    return MlflowClient(store, store)


@pytest.fixture
def another(tracked, logged, client):
    """A second version, of the same files; it, the aliases and the line are removed afterwards."""
    version = client.create_model_version(registry.NAME, logged.as_uri())
    digest = client.get_model_version(registry.NAME, "1").tags[registry.DIGEST_TAG]
    client.set_model_version_tag(registry.NAME, version.version, registry.DIGEST_TAG, digest)
    client.set_registered_model_tag(registry.NAME, registry.LINE_TAG, "")
    yield int(version.version)
    for alias in client.get_registered_model(registry.NAME).aliases:
        client.delete_registered_model_alias(registry.NAME, alias)
    for tag in (registry.LINE_TAG, registry.FORMER_LINE_TAG):
        if tag in client.get_registered_model(registry.NAME).tags:
            client.delete_registered_model_tag(registry.NAME, tag)
    client.delete_model_version(registry.NAME, version.version)


def aliases_of(client):
    return {alias: int(version) for alias, version in client.get_registered_model(registry.NAME).aliases.items()}


def test_there_and_back(another, client, store):
    assert champions.champion(store) is None
    registry.promote(1, store)
    registry.promote(another, store)
    assert champions.champion(store) == another
    taken_back, model = champions.rollback("scores were off", store)
    assert (taken_back, model.manifest.digest) == (
        another,
        registry.load("models:/littlegiants/1", store).manifest.digest,
    )
    assert (champions.champion(store), aliases_of(client)) == (1, {"champion": 1})
    tag = client.get_model_version(registry.NAME, str(another)).tags[registry.ROLLED_BACK_TAG]
    assert tag.endswith("+00:00: scores were off")
    with pytest.raises(RegistryError, match=r"^version 1 is the first champion; there is none to go back to$"):
        champions.rollback("further", store)


@pytest.mark.parametrize(
    "call", ["set_registered_model_tag", "set_registered_model_alias", "delete_registered_model_tag"]
)
@pytest.mark.parametrize("change", ["promote", "rollback"])
def test_p10_a_change_of_champion_that_dies_on_the_way_leaves_the_former_or_the_new(
    another, client, store, monkeypatch, call, change
):
    registry.promote(1, store)
    if change == "rollback":
        registry.promote(another, store)
    former, new = (1, another) if change == "promote" else (another, 1)

    def die(*_):
        raise KeyboardInterrupt

    def begin() -> object:
        if change == "promote":
            return registry.promote(another, store)
        return champions.rollback("scores were off", store)

    with monkeypatch.context() as dying:
        dying.setattr(MlflowClient, call, die)
        with pytest.raises(KeyboardInterrupt):
            begin()
    present = champions.champion(store)
    assert present == (new if call == "delete_registered_model_tag" else former)
    registry.load("models:/littlegiants@champion", store)
    registry.promote(new, store)
    assert champions.champion(store) == new


def test_a_damaged_champion_does_not_come_back(another, client, store, logged):
    registry.promote(1, store)
    registry.promote(another, store)
    path = logged / "artifacts" / "artefact" / "calibration.json"
    sound = path.read_bytes()
    path.write_bytes(sound.replace(b"0", b"1", 1))
    try:
        with pytest.raises(ArtefactError, match="was changed after the model was written"):
            champions.rollback("scores were off", store)
    finally:
        path.write_bytes(sound)
    assert champions.champion(store) == another


def test_an_alias_moved_by_hand_is_no_champion(another, client, store):
    registry.promote(1, store)
    registry.promote(another, store)
    client.set_registered_model_alias(registry.NAME, registry.CHAMPION, "1")
    with pytest.raises(RegistryError, match=f"is version 1, but version {another} was made it last"):
        champions.champion(store)
    with pytest.raises(RegistryError, match="an older one comes back by `giants rollback` only"):
        registry.load("models:/littlegiants@champion", store)


def test_an_unknown_model_has_no_champion(tracked, store):
    assert champions.champion(store, "dwarfs") is None


def test_a_decision_is_kept_with_version_and_run(another, client, store, tracked, tmp_path):
    champions.record(another, {"promotion": "passed"}, "{}", "promotion/one.json", store)
    assert client.get_model_version(registry.NAME, str(another)).tags["promotion"] == "passed"
    with pytest.raises(RegistryError, match="not found"):
        champions.record(99, {"promotion": "passed"}, "{}", "promotion/one.json", store)


def test_no_tag_says_passed_where_the_decision_could_not_be_kept(tracked, client, store):
    with pytest.raises(RegistryError, match="Invalid artifact path"):
        champions.record(1, {"promotion": "passed"}, "{}", "../one.json", store)
    assert "promotion" not in client.get_model_version(registry.NAME, "1").tags


def test_m18_a_champion_that_scores_otherwise_by_one_ulp_does_not_come_back(another, client, store, logged, model):
    first, *rest = model.manifest.recorded_scores
    scores = first.scores.split()
    scores[0] = repr(float(np.nextafter(float(scores[0]), 1.0)))
    moved = (first.model_copy(update={"scores": " ".join(scores)}), *rest)
    path = logged / "artifacts" / "artefact" / "manifest.json"
    sound = path.read_bytes()
    changed = model.manifest.model_copy(update={"recorded_scores": moved})
    registry.promote(1, store)
    registry.promote(another, store)
    client.set_model_version_tag(registry.NAME, "1", registry.DIGEST_TAG, changed.own_digest())
    path.write_bytes(changed.to_json())
    try:
        with pytest.raises(
            ArtefactError, match=r"^version 1 does not come back: 1 of 17 recorded rows score otherwise"
        ):
            champions.rollback("scores were off", store)
    finally:
        path.write_bytes(sound)
        client.set_model_version_tag(registry.NAME, "1", registry.DIGEST_TAG, model.manifest.digest)
    assert champions.champion(store) == another
    assert registry.ROLLED_BACK_TAG not in client.get_model_version(registry.NAME, str(another)).tags
