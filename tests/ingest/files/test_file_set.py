"""A run that dies at any line of the writer leaves the former set or the new one, and the next run cleans up."""

import json
import subprocess
import sys

import pytest

from littlegiants.ingest.files.file_set import FileSet
from tests.conftest import LONG

# Forks one child for every line that the writer passes, which dies there; then the next run looks at what is left.
DRIVER = """
import json, os, signal, sys
from pathlib import Path
from littlegiants.ingest.files import atomic, set_record

def publish(folder, text):
    with atomic.output_set():
        with atomic.replacing(folder / "one") as file:
            file.write(text.encode())
        with atomic.staged_folder(folder / "inner") as inner:
            (inner / "two").write_text(text)
        atomic.remove_with_set(folder / "gone")
        with atomic.replacing(folder / "report") as file:
            file.write(text.encode())

def die_at(last):
    passed = 0
    def local(frame, event, argument):
        nonlocal passed
        passed += event == "line"
        if passed == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return local
    def trace(frame, event, argument):
        return local if "ingest/files" in frame.f_code.co_filename else None
    sys.settrace(trace)

def content(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}

os.fsync = lambda handle: None  # a process dies here, not the machine
base, found = Path(sys.argv[1]), []
for last in range(1, 10_000, int(sys.argv[2])):
    folder = base / str(last)
    folder.mkdir()
    publish(folder, "old")
    (folder / "gone").write_text("old")
    child = os.fork()
    if not child:
        die_at(last)
        publish(folder, "new")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    before = content(folder)
    set_record.recover(folder)
    found.append((killed, before, content(folder)))
    if not killed:
        break
print(json.dumps(found))
"""
OLD = {"gone": "old", "inner/two": "old", "one": "old", "report": "old"}
NEW = {"inner/two": "new", "one": "new", "report": "new"}


@pytest.fixture(scope="module")
def deaths(tmp_path_factory) -> list[tuple[bool, dict[str, str], dict[str, str]]]:
    """For each line at which the writer died: whether it did, what it left, and what the next run made of that."""
    step = 1 if LONG > 1 else 4
    given = [sys.executable, "-c", DRIVER, str(tmp_path_factory.mktemp("deaths")), str(step)]
    done = subprocess.run(given, stdout=subprocess.PIPE, check=True, text=True, timeout=120)
    return [(killed, before, after) for killed, before, after in json.loads(done.stdout)]


def test_x10_after_the_next_run_the_set_is_the_former_or_the_new(deaths):
    assert len(deaths) > 50
    assert [after for _, _, after in deaths if after not in (OLD, NEW)] == []


def test_the_last_to_die_left_the_new_set_and_the_first_the_former(deaths):
    states = [after for _, _, after in deaths]
    assert states == [OLD] * states.count(OLD) + [NEW] * states.count(NEW)
    assert deaths[-1] == (False, NEW, NEW)


def test_a_set_of_two_states_is_known_by_its_record(deaths):
    for _, before, _ in deaths:
        outputs = {name: text for name, text in before.items() if not name.startswith(".")}
        assert outputs in (OLD, NEW) or any(name.endswith(".set") for name in before)


def test_a_set_that_is_not_published_leaves_nothing(tmp_path):
    files = FileSet()
    with files.file(tmp_path / "one", private=False) as file:
        file.write(b"new")
    assert len(list(tmp_path.iterdir())) == 1
    files.close()
    assert list(tmp_path.iterdir()) == []
