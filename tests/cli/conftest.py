"""The command line, run in this process, and a universe with a model that the command line itself has made."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from filelock import FileLock

from littlegiants.cli.app import run
from littlegiants.models.registry import registry

GIANTS = Path(sys.executable).with_name("giants")
AS_OF = "2023-12-31"
CONFIG = """
min_subsidised = 50
bootstrap = 20
[dates]
fit_dates = 2
[booster]
trees = 40
leaf_firms = 15
"""
# One record for each table that no contract lets pass, and the code it is set apart under.
DIRT = {
    "firms": ({"firm_id": "", "name": "Nameless"}, "missing_key"),
    "rounds": ({"firm_id": "NOBODY", "round_id": "R", "announced_on": "2015-01-01", "kind": "seed"}, "orphan_event"),
    "grants": ({"grant_id": "G", "awarded_on": "2015-01-01", "amount": "-5", "currency": "USD"}, "negative_amount"),
    "patents": ({"patent_id": "P", "filed_on": "31.12.2015"}, "impossible_date"),
    "recognitions": ({"scheme": "S", "tier": "9", "awarded_on": "2015-01-01"}, "unknown_value"),
    "financials": ({"period_end": "2015-12-31", "revenue": "many", "currency": "USD"}, "not_a_number"),
    "investments": ({"investor": "I", "announced_on": "2015-01-01", "lead": "2"}, "unknown_value"),
    "outcomes": ({"happened_on": "", "kind": "ipo"}, "missing_date"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """What a command came back with."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True, slots=True)
class World:
    """A simulated universe, a store with two models trained on it, and what the commands that made them said.

    The first model is the champion. No test may change anything in here.
    """

    folder: Path
    runs: dict[str, Run]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def dirty(self) -> Path:
        """The universe with one bad row in every table."""
        return self.folder / "dirty"

    @property
    def artefact(self) -> Path:
        """The folder of the first model."""
        return self.folder / "kept"

    @property
    def config(self) -> Path:
        return self.folder / "train.toml"

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder}/mlflow.db"


def giants(*arguments: object) -> Run:
    """Run one command of the real application."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
        # mlflow 3.17's own, when it writes an input example with pandas 3.
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        code = run([str(argument) for argument in arguments])
    return Run(code, out.getvalue(), err.getvalue())


def score(
    world: World, *arguments: object, data: object = None, model: object = None, out: object = "scores.csv"
) -> Run:
    """Score the universe, or other tables, by the folder of the first model, or by another."""
    given = ("--model", world.artefact if model is None else model, "--store", world.store)
    return giants("score", "--data", data or world.data, "--as-of", AS_OF, "--out", out, *given, *arguments)


def process(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the installed command, as users do."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run([GIANTS, *map(str, arguments)], text=True, check=False, timeout=120, **options)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> None:
    """Start every test in an empty folder: no store of the project's own may be found, and none left behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)  # which MLflow itself sets when a run is recorded


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    """One world for all, even where several processes share the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "world"
    with FileLock(folder.with_suffix(".lock")):
        done = folder / "runs.json"
        if not done.exists():
            done.write_text(json.dumps({name: asdict(run) for name, run in make(folder).items()}), encoding="utf-8")
    runs = {name: Run(**run) for name, run in json.loads(done.read_text(encoding="utf-8")).items()}
    return World(folder, runs)


def make(folder: Path) -> dict[str, Run]:
    """Make the world in an empty folder."""
    world = World(folder, {})
    folder.mkdir()
    world.config.write_text(CONFIG, encoding="utf-8")
    world.runs["simulate"] = giants("simulate", "--out", world.data, "--firms", 1_200)
    soil(world)
    # By the installed command and into the folder it is run in, as the first command of a new user.
    trained = process("train", "--data", "data", "--config", "train.toml", "--artefact", "kept", cwd=folder)
    world.runs["train"] = Run(trained.returncode, trained.stdout, trained.stderr)
    registry.promote(1, world.store)  # unjudged: the gate wants more firms than these
    given = ("--config", world.config, "--outcome", "exit", "--known-by", "2024-06-30", "--store", world.store)
    world.runs["second"] = giants("train", "--data", world.dirty, *given, "--json")
    assert [done.err for done in world.runs.values() if done.code] == []
    return world.runs


def soil(world: World) -> None:
    """Write the universe again with the records of `DIRT` at the end of its tables."""
    world.dirty.mkdir()
    for table, (record, _) in DIRT.items():
        text = (world.data / f"{table}.csv").read_text(encoding="utf-8")
        header, first, *_ = text.splitlines()
        values = {"firm_id": first.partition(",")[0], **record}
        line = ",".join(values.get(column, "") for column in header.split(","))
        (world.dirty / f"{table}.csv").write_text(f"{text}{line}\n", encoding="utf-8")


@pytest.fixture
def store(world, tmp_path) -> str:
    """A copy of the store, to change."""
    shutil.copyfile(world.folder / "mlflow.db", tmp_path / "copy.db")
    return f"sqlite:///{tmp_path}/copy.db"


def read(path: Path) -> pd.DataFrame:
    """A CSV of scores as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)
