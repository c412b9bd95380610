"""Two names change places in one step, and what cannot be exchanged is replaced."""

import errno
import os

import pytest

from littlegiants.ingest.files import renames
from littlegiants.ingest.files.renames import exchange, put, remove, sync_content, sync_folder


@pytest.fixture
def pair(tmp_path):
    """A folder and a file."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner").write_text("inner")
    (tmp_path / "file").write_text("file")
    return tmp_path / "folder", tmp_path / "file"


def test_names_change_places_whatever_they_name(pair):
    folder, file = pair
    if not exchange(folder, file):
        pytest.skip("this file system cannot exchange names")
    assert folder.read_text() == "file"
    assert (file / "inner").read_text() == "inner"


def test_what_is_not_there_cannot_be_exchanged(pair, tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        exchange(pair[1], tmp_path / "none")
    assert caught.value.errno == errno.ENOENT


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_file_is_put_in_the_place_of_another_or_of_none(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(renames, "exchange", lambda *_: False)
    for text in ("one", "two"):
        (tmp_path / "staged").write_text(text)
        put(tmp_path / "staged", tmp_path / "file")
        assert (tmp_path / "file").read_text() == text


@pytest.mark.parametrize("exchanges", [True, False])
def test_a_folder_that_is_replaced_has_the_staged_name(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr(renames, "exchange", lambda *_: False)
    for name in ("staged", "folder"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    put(tmp_path / "staged", tmp_path / "folder")
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*")) == [
        "folder/staged",
        "staged/folder",
    ]


def test_everything_in_a_folder_is_flushed(pair, monkeypatch):
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    (pair[0] / "below").mkdir()
    sync_content(pair[0])
    assert len(flushed) == 3  # the file, the folder below, the folder


def test_a_failing_disk_is_no_secret(pair, monkeypatch):
    def fail(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        sync_folder(pair[0])


def test_files_folders_and_nothing_are_removed(pair, tmp_path):
    for path in (*pair, tmp_path / "none"):
        remove(path)
    assert list(tmp_path.iterdir()) == []
