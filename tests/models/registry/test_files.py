"""The copy of a registered model's files: plain files of one folder, from disk or over HTTP, and nothing else."""

import pytest

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.registry.files import copy_folder
from tests.models.registry_server import answer, serving

STORE = "sqlite:///store.db"


@pytest.fixture
def kept(tmp_path):
    """What a store on this machine keeps of a version."""
    folder = tmp_path / "kept" / "artefact"
    folder.mkdir(parents=True)
    (folder / "model.txt").write_bytes(b"tree\n")
    (folder / "manifest.json").write_bytes(b"{}\n")
    return folder.parent


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


@pytest.fixture
def server(kept):
    with serving(kept / "artefact", "0" * 64) as registry:
        yield registry


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_are_copied_from_disk(kept, here):
    copy = copy_folder(str(kept), "artefact", STORE, here)
    assert copy == here / "artefact"
    assert contents(copy) == {"model.txt": b"tree\n", "manifest.json": b"{}\n"}


def test_the_files_are_copied_over_http(server, here):
    copy = copy_folder(server.location, "artefact", server.address, here)
    assert contents(copy) == {"model.txt": b"tree\n", "manifest.json": b"{}\n"}


def test_a_folder_that_is_not_there_is_named(kept, here):
    with pytest.raises(RegistryError, match="no files of the model: no artifact"):
        copy_folder(str(kept), "artifact", STORE, here)


def test_a_folder_in_the_folder_is_refused(kept, here):
    (kept / "artefact" / "code").mkdir()
    with pytest.raises(RegistryError, match="lists the folder 'code' in artefact; it has none"):
        copy_folder(str(kept), "artefact", STORE, here)
    assert contents(here) == {}


def test_a_hidden_file_is_refused(kept, here):
    (kept / "artefact" / ".hook").write_bytes(b"")
    with pytest.raises(RegistryError, match=r"'artefact/\.hook', which is no plain name"):
        copy_folder(str(kept), "artefact", STORE, here)
    assert contents(here) == {}


def test_a_location_that_is_not_allowed_gets_no_request(kept, server, here):
    with pytest.raises(RegistryError, match="files of this machine"):
        copy_folder(str(kept), "artefact", server.address, here)
    with pytest.raises(RegistryError, match="neither the store's own host nor named"):
        copy_folder("http://127.0.0.1:9/files", "artefact", server.address, here)
    assert server.asked == []


def test_more_files_than_an_artefact_has_are_refused_before_one_is_copied(kept, here):
    for number in range(15):
        (kept / "artefact" / f"{number}.txt").write_bytes(b"")
    with pytest.raises(RegistryError, match="lists 17 files"):
        copy_folder(str(kept), "artefact", STORE, here)
    assert contents(here) == {}


def test_a_file_that_is_listed_twice_is_refused(server, here):
    server.names.append(server.names[0])
    with pytest.raises(RegistryError, match="lists 3 files in artefact, and some of them twice"):
        copy_folder(server.location, "artefact", server.address, here)


def test_what_is_no_list_of_files_is_refused(server, here):
    server.names = [{"colour": "red"}]
    with pytest.raises(RegistryError, match="something that is no list of files"):
        copy_folder(server.location, "artefact", server.address, here)


def test_a_file_that_is_not_handed_out_is_named(server, here):
    server.instead["model.txt"] = lambda handler: answer(handler, b"no", status=403)
    with pytest.raises(RegistryError, match=r"answers 403 when asked for model\.txt"):
        copy_folder(server.location, "artefact", server.address, here)


def test_all_files_share_one_room(server, here, monkeypatch):
    # 3 bytes of the manifest leave 4, and the model has 5.
    monkeypatch.setattr("littlegiants.models.registry.files.BYTES", 7)
    with pytest.raises(RegistryError, match="no artefact is so large"):
        copy_folder(server.location, "artefact", server.address, here)
