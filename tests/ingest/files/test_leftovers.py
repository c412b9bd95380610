"""What a run has under way is known by its name, and by its lock whether the run lives."""

import os

import pytest

from littlegiants.ingest.files.leftovers import (
    create,
    create_folder,
    locked_leftover,
    new_run,
    record_name,
    run_of,
    staged_name,
    under_way,
)


def test_names_tell_the_run(tmp_path):
    run = new_run()
    assert run_of(staged_name(tmp_path, run, 3)) == run_of(record_name(tmp_path, run)) == run
    assert run != new_run()


@pytest.mark.parametrize("name", ["scores.csv", ".giants-1.tmp", ".giants-0123456789abcdef-1.tmp.csv", ".x.tmp"])
def test_other_names_belong_to_no_run(tmp_path, name):
    (tmp_path / name).touch()
    assert run_of(tmp_path / name) is None
    assert list(under_way(tmp_path, "tmp")) == []


@pytest.mark.parametrize("make", [create, create_folder])
def test_what_is_made_is_locked_until_its_handle_is_closed(tmp_path, make):
    path = staged_name(tmp_path, new_run(), 0)
    handle = make(path, 0o700)
    assert list(under_way(tmp_path, "tmp")) == [path]
    assert locked_leftover(path) is None
    os.close(handle)
    left = locked_leftover(path)
    assert left is not None
    os.close(left)


def test_only_files_and_folders_can_be_leftovers(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert [locked_leftover(tmp_path / name) for name in ("link", "pipe", "none")] == [None, None, None]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_user_is_not_ours(tmp_path):
    path = staged_name(tmp_path, new_run(), 0)
    path.touch()
    os.chown(path, 12_345, -1)
    assert list(under_way(tmp_path, "tmp")) == []
