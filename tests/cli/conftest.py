"""The command line, run in this process, and a universe with a model that the command line itself has made."""

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from littlegiants.cli.app import run

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
    """A simulated universe, a store with a champion trained on it, and what the commands that made them said."""

    folder: Path
    runs: dict[str, Run]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def artefact(self) -> Path:
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
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Run(code, out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch) -> None:
    """Start every test in an empty folder: no store of the project's own may be found, and none left behind."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    world = World(tmp_path_factory.mktemp("world"), {})
    world.config.write_text(CONFIG, encoding="utf-8")
    before = Path.cwd()
    os.chdir(world.folder)
    for name, arguments in {
        "simulate": ("--out", "data", "--firms", "1200"),
        "train": ("--data", "data", "--config", "train.toml", "--artefact", "kept", "--store", world.store),
        "promote": ("latest", "--store", world.store),
    }.items():
        world.runs[name] = giants(name, *arguments)
        assert world.runs[name].code == 0, world.runs[name].err
    os.chdir(before)
    return world


@pytest.fixture
def dirty(world, tmp_path) -> Path:
    """The universe with one bad row in every table."""
    folder = tmp_path / "dirty"
    folder.mkdir()
    for table, (record, _) in DIRT.items():
        text = (world.data / f"{table}.csv").read_text(encoding="utf-8")
        header, first, *_ = text.splitlines()
        values = {"firm_id": first.partition(",")[0], **record}
        (folder / f"{table}.csv").write_text(
            text + ",".join(values.get(column, "") for column in header.split(",")) + "\n", encoding="utf-8"
        )
    return folder


def read(path: Path) -> pd.DataFrame:
    """A CSV of scores as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)
