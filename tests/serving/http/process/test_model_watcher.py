"""The model watcher points to sound models only, and whatever goes wrong leaves the pointer as it is."""

import shutil
import threading
from pathlib import Path

import pytest
from mlflow import MlflowClient

from littlegiants.ingest.errors import ArtefactError, ContractError, RegistryError, SignatureError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.registry import registry
from littlegiants.models.serving_contract import ServingContract, promised
from littlegiants.models.signing.bundle import seal
from littlegiants.models.signing.signed_folders import sign
from littlegiants.models.signing.trust import Trust, read_private_key
from littlegiants.serving.http.process.model_watcher import MODELS, ModelWatcher
from littlegiants.serving.http.runtime.pointer import read_pointer, refused_model
from tests.models import forging
from tests.models.signatures import make_keys, put, statement_of
from tests.serving.http.conftest import eventually

FIRST = "models:/littlegiants/1"


@pytest.fixture
def run(tmp_path):
    """The folder of a running service."""
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


@pytest.fixture
def live(artefact, tmp_path):
    """A copy of the artefact, to be replaced or damaged."""
    shutil.copytree(artefact, tmp_path / "live")
    return tmp_path / "live"


def renewed(folder: Path, seed: int) -> str:
    """Make another sound model of it; return its digest."""
    forging.sign(folder, seed=seed)
    return read_artefact(folder).manifest.digest


def test_the_model_of_a_folder_is_copied_and_pointed_to(run, live, model):
    digest = ModelWatcher(run, str(live)).look()
    pointer = read_pointer(run)
    assert (pointer.digest, pointer.reference) == (digest, str(live))
    assert digest == model.manifest.digest
    # What becomes of the folder afterwards is nothing to the workers.
    shutil.rmtree(live)
    assert read_artefact(Path(pointer.folder)).manifest == model.manifest


def test_the_same_model_again_changes_nothing(run, live):
    watcher = ModelWatcher(run, str(live))
    watcher.look()
    before = (run / "current.json").stat()
    assert watcher.look() == read_pointer(run).digest
    assert (run / "current.json").stat().st_mtime_ns == before.st_mtime_ns
    assert len(list((run / MODELS).iterdir())) == 1


def test_a_damaged_new_model_leaves_the_pointer_and_nothing_else(run, live):
    watcher = ModelWatcher(run, str(live))
    watcher.look()
    before = read_pointer(run)
    forging.edit(live / "model.txt", b"0.1", b"0.2")
    with pytest.raises(ArtefactError):
        watcher.look()
    shutil.rmtree(live)
    with pytest.raises(ArtefactError, match="not the folder of a model"):
        watcher.look()
    assert read_pointer(run) == before
    assert [path.name for path in (run / MODELS).iterdir()] == [before.digest]


def test_three_models_are_kept_the_present_one_always_among_them(run, live):
    watcher = ModelWatcher(run, str(live))
    digests = [watcher.look()]
    for seed in range(1, 5):
        digests.append(renewed(live, seed))
        assert watcher.look() == read_pointer(run).digest == digests[-1]
        assert digests[-1] in {path.name for path in (run / MODELS).iterdir()}
    assert {path.name for path in (run / MODELS).iterdir()} == set(digests[-3:])


def test_going_back_to_a_model_of_before_points_to_it_again(run, live, artefact):
    watcher = ModelWatcher(run, str(live))
    first = watcher.look()
    second = renewed(live, 1)
    assert watcher.look() == second
    shutil.rmtree(live)
    shutil.copytree(artefact, live)
    assert watcher.look() == first == read_pointer(run).digest


def test_a_link_in_the_place_of_a_file_is_not_followed(run, live):
    (live / "model.txt").rename(live.parent / "elsewhere.txt")
    (live / "model.txt").symlink_to(live.parent / "elsewhere.txt")
    with pytest.raises(ArtefactError):
        ModelWatcher(run, str(live)).look()


def test_p07_where_nothing_can_be_written_the_pointer_stays_and_the_watcher_says_so(run, live):
    watcher = ModelWatcher(run, str(live))
    before = watcher.look(), read_pointer(run)
    renewed(live, 1)
    (run / MODELS).rename(run / "away")
    (run / MODELS).write_text("no folder")
    with pytest.raises(RegistryError, match="the model cannot be kept in"):
        watcher.look()
    (run / MODELS).unlink()
    (run / "away").rename(run / MODELS)
    assert (before[0], read_pointer(run)) == (before[1].digest, before[1])
    # A pointer that cannot be replaced leaves no half of one beside it.
    (run / "current.json").unlink()
    (run / "current.json").mkdir()
    with pytest.raises(RegistryError, match="the model cannot be kept in"):
        watcher.look()
    assert {path.name for path in run.iterdir()} == {"current.json", MODELS}


def test_an_unsigned_or_foreign_model_is_refused_where_a_signature_is_asked_for(run, live, tmp_path):
    private, public = make_keys(tmp_path)
    foreign, _ = make_keys(tmp_path, "foreign")
    watcher = ModelWatcher(run, str(live), trust=Trust.by(public, tmp_path / "state"))
    with pytest.raises(SignatureError):
        watcher.look()
    sign(live, foreign)
    with pytest.raises(SignatureError):
        watcher.look()
    assert not (run / "current.json").exists()
    (live / "signature.json").unlink()
    sign(live, private)
    assert watcher.look() == read_pointer(run).digest


def changed(folder: Path, what: str) -> None:
    """Make a sound model of it that differs from the one before in one part of the contract."""
    manifest = forging.manifest_of(folder)
    changes: dict[str, dict] = {
        "outcome": {"label": manifest["label"] | {"outcome": "exit"}},
        "timespan": {"label": manifest["label"] | {"timespan": "12 months"}},
        "money": {"money": {"rates": "bundled", "constant_prices": 2015}},
    }
    forging.sign(folder, **changes[what])


@pytest.mark.parametrize("what", ["outcome", "timespan", "money"])
def test_x04_a_validly_signed_model_for_something_else_is_refused_and_the_old_one_stays(run, live, tmp_path, what):
    private, public = make_keys(tmp_path)
    trust, alarms = Trust.by(public, tmp_path / "state"), list[str]()
    sign(live, private)
    shutil.copytree(live, tmp_path / "good")
    watcher = ModelWatcher(run, str(live), trust=trust, refused=alarms.append)
    before = watcher.look(), read_pointer(run)
    assert watcher.contract == ServingContract.of(read_artefact(live).manifest)
    (live / "signature.json").unlink()
    changed(live, what)
    sign(live, private)
    for _ in range(2):
        with pytest.raises(ContractError, match="is for something else"):
            watcher.look()
    assert (before[0], read_pointer(run)) == (before[1].digest, before[1])
    assert alarms == [refused_model(run)]  # one alarm, however often it looks
    assert "is for something else" in alarms[0]
    # It has never been taken: the one before is still the newest, after a restart too.
    shutil.rmtree(live)
    shutil.copytree(tmp_path / "good", live)
    assert watcher.look() == ModelWatcher(run, str(live), trust=trust).look() == before[0]
    assert refused_model(run) == ""


def test_m05_a_signed_model_of_another_schema_is_refused_and_the_old_one_stays(run, live, tmp_path):
    private, public = make_keys(tmp_path)
    signer = read_private_key(private)
    put(live, seal(statement_of(live), signer))
    watcher = ModelWatcher(run, str(live), trust=Trust.by(public, tmp_path / "state"))
    before = watcher.look(), read_pointer(run)
    (live / "signature.json").unlink()
    features = forging.manifest_of(live)["features"]
    versions = forging.manifest_of(live)["versions"]
    # `giants sign` would refuse them here; they were signed where other signals are computed.
    for changes in (
        {"features": features[::-1]},
        {"features": features[1:]},
        {"versions": versions | {"signals": "2"}},
    ):
        forging.sign(live, **{"features": features, "versions": versions, **changes})
        put(live, seal(statement_of(live), signer))
        with pytest.raises(ArtefactError, match=r"it lacks|another order|signals of version 2"):
            watcher.look()
        assert (before[0], read_pointer(run)) == (before[1].digest, before[1])
        assert refused_model(run) == "the newest model is damaged, foreign or not signed; the log says more"
        (live / "signature.json").unlink()


def test_x04_a_first_model_for_something_else_than_was_promised_is_refused(run, live):
    with pytest.raises(ContractError, match=r"its outcome is market \(.*\), not exit$"):
        ModelWatcher(run, str(live), contract=promised("exit")).look()
    assert not (run / "current.json").exists()


def test_the_champion_of_a_real_registry_is_pointed_to(run, tracked, store, model):
    assert ModelWatcher(run, FIRST, store).look() == model.manifest.digest
    assert read_pointer(run).reference == FIRST


def test_a_version_that_holds_another_model_than_was_registered_is_refused(run, tracked, store, model):
    client = MlflowClient(store, store)
    client.set_model_version_tag(registry.NAME, "1", registry.DIGEST_TAG, "0" * 64)
    try:
        with pytest.raises(ArtefactError, match=model.manifest.digest):
            ModelWatcher(run, FIRST, store).look()
        client.delete_model_version_tag(registry.NAME, "1", registry.DIGEST_TAG)
        with pytest.raises(RegistryError, match="without a digest"):
            ModelWatcher(run, FIRST, store).look()
    finally:
        client.set_model_version_tag(registry.NAME, "1", registry.DIGEST_TAG, model.manifest.digest)
    assert not (run / "current.json").exists()


def test_an_unsigned_version_is_refused_where_a_signature_is_asked_for(run, tracked, store, tmp_path):
    trust = Trust.by(make_keys(tmp_path)[1], tmp_path / "state")
    with pytest.raises(SignatureError, match="giants sign"):
        ModelWatcher(run, FIRST, store, trust).look()


def test_it_looks_again_when_asked_and_goes_on_after_what_fails(run, live):
    watcher, over, again = ModelWatcher(run, str(live)), threading.Event(), threading.Event()
    looking = threading.Thread(target=watcher.run, args=(3_600, over, again))
    looking.start()
    try:
        eventually((run / "current.json").exists)
        good = (live / "model.txt").read_bytes()
        (live / "model.txt").write_bytes(b"damaged")
        again.set()
        eventually(lambda: not again.is_set())
        (live / "model.txt").write_bytes(good)
        digest = renewed(live, 1)
        again.set()
        eventually(lambda: read_pointer(run).digest == digest)
    finally:
        over.set()
        again.set()
        looking.join()
