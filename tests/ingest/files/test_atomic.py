"""Files and folders take the place of others whole or not at all, and leave nothing else behind."""

import os
import resource
import stat

import pytest

from littlegiants.ingest.errors import ConfigError, LittleGiantsError, StopError
from littlegiants.ingest.files import renames
from littlegiants.ingest.files.atomic import (
    output_set,
    remove_with_set,
    replacing,
    staged_file,
    staged_folder,
)


def write(path, content: bytes = b"new") -> None:
    with replacing(path) as file:
        file.write(content)


def fill(path, content: str = "new", **options) -> None:
    with staged_folder(path, **options) as folder:
        (folder / "file").write_text(content)


def half(staged, error: type[BaseException]) -> None:
    """Write some of it, then fail."""
    with staged as place:
        place.write(b"half") if hasattr(place, "write") else (place / "file").write_text("half")
        raise error


def content(folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_file_is_new_or_replaced(tmp_path):
    for text in (b"one", b"two"):
        write(tmp_path / "file", text)
        assert (tmp_path / "file").read_bytes() == text
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_file_is_as_before_until_the_block_ends(tmp_path):
    write(tmp_path / "file", b"old")
    with replacing(tmp_path / "file") as file:
        file.write(b"new")
        file.flush()
        assert (tmp_path / "file").read_bytes() == b"old"
    assert (tmp_path / "file").read_bytes() == b"new"


def test_file_and_folder_around_it_reach_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    write(tmp_path / "file")
    assert synced == [False, True]
    fill(tmp_path / "folder")
    assert synced[2:] == [False, True, True]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_block_that_fails_leaves_the_old_file(tmp_path, error):
    write(tmp_path / "file", b"old")
    with pytest.raises(error):
        half(replacing(tmp_path / "file"), error)
    assert content(tmp_path) == {"file": "old"}


def test_replaced_file_keeps_its_permissions(tmp_path):
    (tmp_path / "file").touch(0o600)
    write(tmp_path / "file")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_new_file_has_the_permissions_of_the_umask_and_a_private_one_its_own(tmp_path):
    old = os.umask(0o027)
    try:
        write(tmp_path / "open")
        (tmp_path / "private").touch(0o640)
        with staged_file(tmp_path / "private", private=True) as file:
            file.write(b"secret")
    finally:
        os.umask(old)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"open": 0o640, "private": 0o600}


def test_missing_folder_is_one_line(tmp_path):
    with pytest.raises(ConfigError, match=r"none/file cannot be written: No such file or directory$"):
        write(tmp_path / "none" / "file")
    with pytest.raises(FileNotFoundError), staged_file(tmp_path / "none" / "file"):
        pass


def test_folder_in_the_place_of_the_file(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(ConfigError, match=r"file cannot be written: Is a directory$"):
        write(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "folder").touch()
    with pytest.raises(ConfigError, match=r"cannot be written: Not a directory$"):
        write(tmp_path / "folder" / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StopError, match=r"cannot be written: Permission denied$"):
        write(tmp_path / "file")


def test_p07_a_quota_leaves_the_old_file_and_nothing_else(tmp_path):
    write(tmp_path / "file", b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(StopError, match=r"cannot be written: File too large$"):
            write(tmp_path / "file", bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert content(tmp_path) == {"file": "old"}


def test_folder_is_new_or_replaced_whole(tmp_path):
    folder = tmp_path / "above" / "folder"
    fill(folder, "one")
    (folder / "other").touch()
    fill(folder, "two")
    assert content(folder) == {"file": "two"}
    assert [path.name for path in folder.parent.iterdir()] == ["folder"]


def test_copied_folder_keeps_what_it_held(tmp_path):
    fill(tmp_path / "folder")
    (tmp_path / "folder" / "other").write_text("kept")
    fill(tmp_path / "folder", "two", copied=True)
    assert content(tmp_path / "folder") == {"file": "two", "other": "kept"}


def test_folder_that_may_not_be_replaced_stays(tmp_path):
    fill(tmp_path / "folder", "old")
    with pytest.raises(OSError, match="Directory not empty"):
        fill(tmp_path / "folder", replaces=False)
    assert content(tmp_path / "folder") == {"file": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_block_that_fails_leaves_the_old_folder(tmp_path, error):
    fill(tmp_path / "folder", "old")
    with pytest.raises(error):
        half(staged_folder(tmp_path / "folder"), error)
    assert content(tmp_path / "folder") == {"file": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_folder_comes_back_when_its_successor_cannot_be_renamed(tmp_path, monkeypatch):
    fill(tmp_path / "folder", "old")
    rename = type(tmp_path).rename

    def refuse(path, target):
        if path.suffix == ".tmp":
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(renames, "exchange", lambda *_: False)  # as on a file system that cannot
    monkeypatch.setattr(type(tmp_path), "rename", refuse)
    with pytest.raises(PermissionError):
        fill(tmp_path / "folder")
    assert content(tmp_path / "folder") == {"file": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_files_and_folders_of_a_block_appear_together(tmp_path):
    write(tmp_path / "one", b"old")
    write(tmp_path / "gone", b"old")
    with output_set():
        write(tmp_path / "one")
        fill(tmp_path / "below" / "folder")
        with output_set():
            write(tmp_path / "two")
        remove_with_set(tmp_path / "gone")
        assert (tmp_path / "one").read_bytes() == b"old"
        assert not (tmp_path / "two").exists()
        assert (tmp_path / "gone").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["below", "one", "two"]
    assert (tmp_path / "one").read_bytes() == b"new"
    assert content(tmp_path / "below" / "folder") == {"file": "new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_block_that_fails_changes_none_of_its_files(tmp_path, error):
    write(tmp_path / "one", b"old")

    def fail() -> None:
        with output_set():
            write(tmp_path / "one")
            write(tmp_path / "two")
            raise error

    with pytest.raises(error):
        fail()
    assert content(tmp_path) == {"one": "old"}


def test_a_place_that_cannot_be_taken_gives_the_others_back(tmp_path):
    write(tmp_path / "one", b"old")

    def publish() -> None:
        with output_set():
            write(tmp_path / "one")
            fill(tmp_path / "folder", replaces=False)
            write(tmp_path / "three")
            # Meanwhile, by another:
            (tmp_path / "folder").mkdir()
            (tmp_path / "folder" / "theirs").write_text("kept")

    with pytest.raises(LittleGiantsError, match=r"folder cannot be written: Directory not empty$"):
        publish()
    assert (tmp_path / "one").read_bytes() == b"old"
    assert content(tmp_path / "folder") == {"theirs": "kept"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "one"]
