"""P06, P10: a disk that is full, and power that is cut, leave the former outputs or the new ones and nothing else."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from littlegiants.ingest.errors import StopError
from littlegiants.ingest.files.atomic import output_set, replacing, staged_folder
from littlegiants.ingest.files.set_record import recover
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.registry.registry import load, promote, versions
from littlegiants.training.simulator import simulate
from littlegiants.training.tracking import prepare, track
from tests.cli.conftest import GIANTS, giants
from tests.conftest import LONG
from tests.faults.disks import image, make_image, small_disk
from tests.small_model import AS_OF

FIRMS = "firm_id,name,country\n" + "".join(f"f{n},Firm {n},US\n" for n in range(2_000))
OLD = {"one": "old", "inner/two": "old", "report": "old"}
NEW = dict.fromkeys(OLD, "new")


def content(folder: Path) -> dict[str, str]:
    kept = (path for path in folder.rglob("*") if path.is_file() and "lost+found" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text() for path in kept}


def publish(folder: Path, text: str) -> None:
    with output_set():
        with replacing(folder / "one") as file:
            file.write(text.encode())
        with staged_folder(folder / "inner") as inner:
            (inner / "two").write_text(text)
        with replacing(folder / "report") as file:
            file.write(text.encode())


@pytest.mark.parametrize("size", [8, 64, 160])
def test_p06_a_disk_that_is_full_keeps_the_former_scores_and_report(universe, artefact, tmp_path, size):
    with small_disk(tmp_path / "disk", (8 + size) << 10) as disk:
        for name in ("s.csv", "r.html"):
            (disk / name).write_text("old")
        given = ("--data", universe, "--as-of", AS_OF, "--model", artefact, "--no-reasons")
        run = giants("score", *given, "--out", disk / "s.csv", "--report", disk / "r.html")
        assert (run.code, run.out) == (6, "")
        assert run.err.endswith("cannot be written: No space left on device\n")
        assert content(disk) == {"s.csv": "old", "r.html": "old"}


@pytest.mark.parametrize("words", [("import", "canonical"), ("link",)], ids=["import", "link"])
def test_p06_a_disk_that_is_full_keeps_the_former_tables(words, tmp_path):
    Path(tmp_path / "source").mkdir()
    (tmp_path / "source" / "firms.csv").write_text(FIRMS, encoding="utf-8")
    with small_disk(tmp_path / "disk", 32 << 10) as disk:
        (disk / "out.csv").write_text("old")
        source = tmp_path / "source"
        given = (source, "--out", disk / "t") if words[0] == "import" else (source, source, "--out", disk / "out.csv")
        run = giants(*words, *given)
        assert (run.code, run.out) == (6, "")
        assert "No space left on device" in run.err
        assert content(disk) == {"out.csv": "old"}


@pytest.mark.parametrize("size", [4, 16, 64])
def test_p06_a_disk_that_is_full_gets_no_part_of_a_model(trained, tmp_path, size):
    with small_disk(tmp_path / "disk", size << 10) as disk:
        with pytest.raises(StopError, match="No space left on device"):
            write_artefact(trained.model, disk / "model")
        assert content(disk) == {}


def _registered(trained, store: str, artefact: Path) -> None:
    prepare(store)
    track(trained, store, artefact)


@pytest.mark.parametrize("size", [1_000, *([100, 800] if LONG > 1 else [])])
def test_p06_a_disk_that_is_full_gets_no_registered_version(trained, tmp_path, size):
    with small_disk(tmp_path / "disk", size << 10) as disk:
        store = f"sqlite:///{disk}/mlflow.db"
        with pytest.raises(StopError):
            _registered(trained, store, disk / "model")
        assert not (disk / "model").exists()
        assert not (disk / "mlflow.db").exists() or versions(store) == []


def test_p06_a_disk_that_is_full_keeps_the_former_simulation(tmp_path):
    with small_disk(tmp_path / "disk", 400 << 10) as disk:
        simulate(disk, firms=60, seed=1)
        before = content_digest(disk)
        with pytest.raises(StopError, match="No space left on device"):
            simulate(disk, firms=1_000, seed=2)
        assert content_digest(disk) == before


def content_digest(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Cut:
    """Copies the disk's image, as it is without what nobody flushed, at every so many lines of the writer."""

    def __init__(self, file: Path, step: int) -> None:
        self.file, self.step, self.passed = file, step, 0
        self.copies: list[Path] = []

    def __enter__(self) -> "Cut":
        sys.settrace(lambda frame, *_: self._line if "ingest/files" in frame.f_code.co_filename else None)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(None)
        self.copy()

    def _line(self, _frame, event, _argument):
        self.passed += event == "line"
        if event == "line" and self.passed % self.step == 0:
            self.copy()
        return self._line

    def copy(self) -> None:
        sys_trace = sys.gettrace()
        sys.settrace(None)
        self.copies.append(self.file.with_name(f"{len(self.copies)}.copy"))
        shutil.copyfile(self.file, self.copies[-1])
        sys.settrace(sys_trace)


def test_p10_power_that_is_cut_leaves_the_former_set_or_the_new(tmp_path):
    file, states = tmp_path / "disk.img", []
    make_image(file)
    with image(file, tmp_path / "disk") as disk:
        publish(disk, "old")
        os.sync()
        with Cut(file, 1 if LONG > 1 else 25) as cut:
            publish(disk, "new")
    for copy in cut.copies:
        with image(copy, tmp_path / "after") as disk:
            recover(disk)
            recover(disk / "inner")
            states.append(content(disk))
        copy.unlink()
    assert len(states) > 5
    assert [state for state in states if state not in (OLD, NEW)] == []
    assert states[0] == OLD
    assert states[-1] == NEW


def test_a_cut_does_lose_what_nobody_flushed(tmp_path):
    # Without it the test above would prove nothing.
    file = tmp_path / "disk.img"
    make_image(file)
    with image(file, tmp_path / "disk") as disk:
        (disk / "new").write_text("new")
        shutil.copyfile(file, tmp_path / "copy.img")
    with image(tmp_path / "copy.img", tmp_path / "after") as disk:
        assert content(disk).get("new", "") == ""


KILLS = 2 if LONG == 1 else 50


def killed(command: list[object], seconds: float) -> None:
    """Run a command as users do, and kill it after some time if it still runs."""
    running = subprocess.Popen([GIANTS, *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        running.wait(seconds)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["import", *(["score"] if LONG > 1 else [])])
def test_x10_a_command_that_is_killed_leaves_the_former_set_or_the_new(name, universe, artefact, tmp_path):
    folder, sources = tmp_path / "out", [tmp_path / "one", tmp_path / "two"]
    folder.mkdir()
    for number, source in enumerate(sources):
        source.mkdir()
        (source / "firms.csv").write_text(f"{FIRMS}last,Last {number},US\n", encoding="utf-8")
    outputs = ("--out", folder / "s.csv", "--report", folder / "r.html")
    given = ("score", "--data", universe, "--model", artefact, "--no-reasons", *outputs)
    commands: list[list[object]] = [
        [*given, "--as-of", day] if name == "score" else ["import", "canonical", source, "--out", folder / "t"]
        for day, source in zip(("2024-12-31", AS_OF), sources, strict=True)
    ]
    states = []
    for command in commands:
        begun = time.monotonic()
        killed(command, 120)
        lasts = time.monotonic() - begun
        states.append(state(folder))
    assert states[0] != states[1]
    for turn in range(KILLS):
        # Nearly all that can go wrong does so at the end, after the imports of libraries.
        killed(commands[turn % 2], lasts * (0.5 + 0.55 * (turn * 0.618 % 1)))
        recover(folder)
        assert state(folder) in states


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(0 if LONG == 1 else 100))
def test_x10_a_training_or_promotion_that_is_killed_leaves_whole_models(turn, universe, trained, tmp_path):
    store, artefact = f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "model"
    (tmp_path / "train.toml").write_text("min_subsidised = 50\nbootstrap = 20\n[dates]\nfit_dates = 2\n")
    given = ("--data", universe, "--store", store)
    if turn % 2:
        for _ in range(2):
            track(trained, store)
        promote(1, store)
        killed(["promote", 2, *given], 12 * (turn * 0.618 % 1))
    else:
        killed(["train", *given, "--config", tmp_path / "train.toml", "--artefact", artefact], 25 * (turn * 0.618 % 1))
    found = versions(store) if (tmp_path / "mlflow.db").exists() else []
    for known in found:
        load(f"models:/littlegiants/{known.version}", store)
    assert [known.aliases for known in found if known.aliases] in (
        [],
        [("champion",)],
        [("champion",), ("challenger",)],
    )
    if turn % 2:
        assert len(found) == 2
        load("models:/littlegiants@champion", store)
    if artefact.exists():
        read_artefact(artefact)
        assert len(found) == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("model") and path != artefact]
