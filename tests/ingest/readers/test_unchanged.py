"""A file that changes while it is read stops the work, and nothing else does."""

import os

import pytest

from littlegiants.ingest.errors import StopError
from littlegiants.ingest.files.leftovers import new_run, staged_name
from littlegiants.ingest.files.set_record import Step, drop_records, identity, write_records
from littlegiants.ingest.readers import unchanged as unchanged_module
from littlegiants.ingest.readers.unchanged import unchanged, unchanged_set


@pytest.fixture
def path(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    return tmp_path / "file"


def test_reading_a_file_does_not_change_it(path):
    with unchanged(path):
        assert path.read_bytes() == b"abc"


def test_an_error_of_the_block_is_its_own(path):
    with pytest.raises(ValueError, match="damaged"), unchanged(path):
        raise ValueError("damaged")


def test_a_change_of_the_same_length_with_the_time_set_back_is_noticed(path):
    before = path.stat()

    def rewrite():
        path.write_bytes(b"xyz")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(StopError, match="file changed while it was read"), unchanged(path):
        rewrite()


def test_an_error_that_comes_of_the_change_is_told_as_the_change(path):
    def read_what_is_gone():
        path.unlink()
        path.read_bytes()

    with pytest.raises(StopError, match="file changed while it was read") as caught, unchanged(path):
        read_what_is_gone()
    assert isinstance(caught.value.__context__, FileNotFoundError)


def test_files_of_one_folder_are_of_one_state(tmp_path):
    paths = [tmp_path / "one", tmp_path / "two"]
    paths[0].write_text("old")
    with unchanged_set(tmp_path, paths):
        paths[0].read_text()


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_file_that_changes_or_appears_while_others_are_read_stops_the_work(tmp_path, name):
    paths = [tmp_path / "one", tmp_path / "two"]
    paths[0].write_text("old")
    with (
        pytest.raises(StopError, match=f"{name} changed while its folder was read"),
        unchanged_set(tmp_path, paths),
    ):
        (tmp_path / name).write_text("new and longer")


def test_tables_that_a_dead_run_left_half_replaced_are_read_as_it_meant_them(tmp_path):
    run = new_run()
    steps = []
    for number, name in enumerate(("firms", "rounds")):
        path = staged_name(tmp_path, run, number)
        path.write_text("new")
        steps.append(Step(path, tmp_path / name, identity(path)))
        (tmp_path / name).write_text("old")
    records = write_records(run, steps)
    steps[0].take()
    for _, handle in records:
        os.close(handle)  # it dies
    with unchanged_set(tmp_path, [tmp_path / "firms", tmp_path / "rounds"]):
        assert [(tmp_path / name).read_text() for name in ("firms", "rounds")] == ["new", "new"]


def test_a_set_that_is_never_published_in_full_stops_the_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(unchanged_module, "_PATIENCE", 0.05)
    records = write_records(new_run(), [Step(None, tmp_path / "firms")])
    with pytest.raises(StopError, match="are half replaced"), unchanged_set(tmp_path, []):
        pass
    drop_records(records)
