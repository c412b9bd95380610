"""P01, P06: a job that is killed, or whose disk is full, is resumed to the very bytes of one that never was."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import GIANTS, giants
from tests.conftest import LONG
from tests.faults.disks import small_disk
from tests.small_model import AS_OF

KILLS = 3 if LONG == 1 else 200
FILES = ("s.csv", "q.csv", "m.json")


def command(universe, artefact, folder, *more: object) -> list[object]:
    """A job of some five partitions."""
    outputs = ("--out", folder / "s.csv", "--quarantine", folder / "q.csv", "--manifest", folder / "m.json")
    given = ("--data", universe, "--as-of", AS_OF, "--model", artefact, "--no-reasons", "--partition-rows", 6_000)
    return ["score", *given, *outputs, *more]


@pytest.fixture(scope="module")
def expected(universe, artefact, tmp_path_factory) -> dict[str, bytes]:
    """The files of a job that nothing stopped."""
    folder = tmp_path_factory.mktemp("expected")
    assert giants(*command(universe, artefact, folder, "--partition-rows", 10**9)).code == 0
    return content(folder)


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


@pytest.mark.slow
def test_p01_a_job_that_is_killed_is_resumed_to_the_same_bytes(universe, artefact, expected, tmp_path):
    begun = time.monotonic()
    whole = [str(word) for word in command(universe, artefact, tmp_path, "--resume", "--jobs", 1)]
    assert subprocess.run([GIANTS, *whole], stdout=subprocess.DEVNULL, check=False, timeout=120).returncode == 0
    lasts = time.monotonic() - begun
    assert content(tmp_path) == expected
    for turn in range(KILLS):
        for name in FILES:
            (tmp_path / name).unlink(missing_ok=True)
        with subprocess.Popen([GIANTS, *whole], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            try:
                running.wait(lasts * (0.3 + 0.7 * (turn * 0.618 % 1)))
            except subprocess.TimeoutExpired:
                running.kill()
        assert content(tmp_path) in ({}, expected)
        done = giants(*command(universe, artefact, tmp_path, "--resume", "--jobs", 1))
        assert (done.code, content(tmp_path)) == (0, expected), done.err
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("size", [40, 900, 2_200, 2_600])
def test_p06_a_job_whose_disk_is_full_is_resumed_on_a_larger_one(size, universe, artefact, expected, tmp_path):
    with small_disk(tmp_path / "disk", size << 10) as disk:
        run = giants(*command(universe, artefact, disk, "--jobs", 1))
        assert (run.code, run.out, content(disk)) == (6, "", {}), run.err
        assert "No space left on device" in run.err
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True, timeout=60)
        run = giants(*command(universe, artefact, disk, "--jobs", 1, "--resume"))
        assert (run.code, content(disk)) == (0, expected), run.err
