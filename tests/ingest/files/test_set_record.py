"""A set that a dead run began to publish is finished by whoever comes next; one that it did not begin is removed."""

import json
import os

import pytest

from littlegiants.ingest.files.leftovers import create, new_run, record_name, staged_name
from littlegiants.ingest.files.set_record import Step, drop_records, identity, is_whole, recover, write_records


@pytest.fixture
def run() -> str:
    return new_run()


def staged(folder, run, number, name, text="new") -> Step:
    """Something that a dead run staged: nobody has it locked."""
    path = staged_name(folder, run, number)
    path.write_text(text)
    return Step(path, folder / name, identity(path))


def leave(run, steps) -> None:
    """Leave the records of a set as a run that dies."""
    for _, handle in write_records(run, steps):
        os.close(handle)


def content(folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_set_that_was_begun_is_finished(tmp_path, run, done):
    (tmp_path / "one").write_text("old")
    (tmp_path / "gone").write_text("old")
    steps = [staged(tmp_path, run, 0, "one"), staged(tmp_path, run, 1, "two"), Step(None, tmp_path / "gone")]
    leave(run, steps)
    for step in steps[:done]:
        step.take()
    assert not is_whole(tmp_path)
    recover(tmp_path)
    assert is_whole(tmp_path)
    assert content(tmp_path) == {"one": "new", "two": "new"}


def test_a_set_without_a_record_is_removed(tmp_path, run):
    (tmp_path / "one").write_text("old")
    staged(tmp_path, run, 0, "one")
    recover(tmp_path)
    assert content(tmp_path) == {"one": "old"}


def test_a_set_that_lost_a_part_before_it_was_begun_is_removed(tmp_path, run):
    (tmp_path / "one").write_text("old")
    steps = [staged(tmp_path, run, 0, "one"), staged(tmp_path, run, 1, "two")]
    leave(run, steps)
    staged_name(tmp_path, run, 1).unlink()
    recover(tmp_path)
    assert content(tmp_path) == {"one": "old"}


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_set_in_two_folders_is_finished_from_either(tmp_path, run, first):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    steps = [staged(folders[0], run, 0, "one"), staged(folders[1], run, 1, "two")]
    leave(run, steps)
    steps[0].take()
    recover(tmp_path / first)
    assert [content(folder) for folder in folders] == [{"one": "new"}, {"two": "new"}]


def test_a_living_run_is_left_alone(tmp_path, run):
    handle = create(staged_name(tmp_path, run, 0), 0o600)
    steps = [Step(staged_name(tmp_path, run, 0), tmp_path / "one", identity(staged_name(tmp_path, run, 0)))]
    records = write_records(run, steps)
    recover(tmp_path)
    assert sorted(content(tmp_path)) == sorted([staged_name(tmp_path, run, 0).name, record_name(tmp_path, run).name])
    drop_records(records)
    recover(tmp_path)
    assert len(content(tmp_path)) == 1  # its record is gone, but it is locked still
    os.close(handle)
    recover(tmp_path)
    assert content(tmp_path) == {}


@pytest.mark.parametrize("damage", ["cut", "foreign", "open", "other run", "none"])
def test_a_record_that_cannot_be_trusted_moves_nothing(tmp_path, run, damage):
    (tmp_path / "secret").write_text("secret")
    steps = [staged(tmp_path, run, 0, "one")]
    if damage == "foreign":
        steps = [Step(tmp_path / "secret", tmp_path / "one", identity(tmp_path / "secret"))]
    leave(run, steps)
    record = record_name(tmp_path, run)
    if damage == "cut":
        record.write_bytes(record.read_bytes()[:-3])
    if damage == "open":
        record.chmod(0o666)
    if damage == "other run":
        record.write_text(json.dumps(json.loads(record.read_text()) | {"run": new_run()}))
    recover(tmp_path)
    assert content(tmp_path) == {"secret": "secret"} | ({"one": "new"} if damage == "none" else {})
