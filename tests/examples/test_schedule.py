"""The schedules of examples/schedule: cron, systemd and Airflow, each as the scheduler itself takes it."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from littlegiants.models.registry import registry
from tests.conftest import LONG, ROOT
from tests.small_model import AS_OF

FOLDER = ROOT / "examples" / "schedule"
BIN = Path(sys.executable).parent
SERVICE, TIMER = "littlegiants-nightly.service", "littlegiants-nightly.timer"
CONFIG = """
min_subsidised = 50
bootstrap = 20
stability_fits = 0
[dates]
fit_dates = 2
[booster]
trees = 40
leaf_firms = 15
"""


@pytest.fixture
def home(store, tracked, universe, tmp_path):
    """A folder with tables, a configuration and a store whose version 1 is the champion."""
    folder = tmp_path / "home"
    shutil.copytree(Path(store.removeprefix("sqlite:///")).parent, folder)
    shutil.copytree(universe, folder / "data")
    (folder / "train.toml").write_text(CONFIG, encoding="utf-8")
    registry.promote(tracked.version, f"sqlite:///{folder}/mlflow.db")
    return folder


def environment(home: Path) -> dict[str, str]:
    path = os.pathsep.join((str(BIN), os.environ["PATH"]))
    store = f"sqlite:///{home}/mlflow.db"
    return {**os.environ, "PATH": path, "LITTLEGIANTS_HOME": str(home), "MLFLOW_TRACKING_URI": store}


def test_the_nightly_script_scores_and_watches(home, scores):
    command = ["sh", str(FOLDER / "nightly.sh"), AS_OF.isoformat()]
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 9), done.stderr  # 9: the firms have moved
    written = pd.read_parquet(home / "scores" / f"{AS_OF}.parquet")
    assert written["p_market"].equals(scores["p_market"])
    with closing(sqlite3.connect(home / "watch.sqlite")) as history:
        assert history.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0


def test_the_nightly_script_ends_with_the_code_of_what_failed(home):
    shutil.rmtree(home / "data")
    command = ["sh", str(FOLDER / "nightly.sh"), AS_OF.isoformat()]
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert list((home / "scores").iterdir()) == []
    assert not (home / "watch.sqlite").exists()


def test_cron_and_systemd_run_the_same_script():
    lines = (FOLDER / "crontab").read_text(encoding="utf-8").splitlines()
    (job,) = [line for line in lines if re.match(r"[\d*]", line)]
    *when, command = job.split(maxsplit=5)
    assert len(when) == 5
    assert all(re.fullmatch(r"\*|\d+", field) for field in when)
    assert "%" not in command  # which cron would take for the end of the line
    service = (FOLDER / SERVICE).read_text(encoding="utf-8")
    assert re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE) == command.split()[-1:]
    assert Path(command.split()[-1]).name == "nightly.sh"
    assert os.access(FOLDER / "nightly.sh", os.X_OK)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    for name in (SERVICE, TIMER):
        text = (FOLDER / name).read_text(encoding="utf-8")
        # The script must be there for systemd to be content.
        (tmp_path / name).write_text(text.replace("/opt/littlegiants/nightly.sh", str(FOLDER / "nightly.sh")))
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / SERVICE, tmp_path / TIMER], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    (when,) = re.findall(r"^OnCalendar=(.*)$", (tmp_path / TIMER).read_text(encoding="utf-8"), re.MULTILINE)
    subprocess.run(["systemd-analyze", "calendar", when], capture_output=True, check=True)


@pytest.mark.skipif(LONG == 1, reason="installs Airflow; `make long` runs it")
def test_airflow_trains_judges_scores_and_watches(home, tmp_path):
    airflow = tmp_path / "airflow"
    subprocess.run([BIN / "uv", "venv", "--quiet", "--python", sys.executable, airflow], check=True)
    install = [
        BIN / "uv",
        "pip",
        "install",
        "--quiet",
        "--python",
        airflow / "bin" / "python",
        "apache-airflow>=3.1,<4",
    ]
    subprocess.run(install, check=True)
    (airflow / "dags").mkdir()
    shutil.copyfile(FOLDER / "airflow_dags.py", airflow / "dags" / "airflow_dags.py")
    given = {**environment(home), "AIRFLOW_HOME": str(airflow), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    given["PATH"] = os.pathsep.join((str(airflow / "bin"), given["PATH"]))
    for command in (("db", "migrate"), ("dags", "test", "littlegiants_retrain", AS_OF.isoformat())):
        done = subprocess.run(
            [airflow / "bin" / "airflow", *command], env=given, capture_output=True, text=True, check=False
        )
    with closing(sqlite3.connect(airflow / "airflow.db")) as database:
        states = dict(database.execute("SELECT task_id, state FROM task_instance").fetchall())
    # The gate wants more firms than these: the champion stays, and scores.
    watched = states.pop("watch")
    assert states == {"train": "success", "gate_and_promote": "skipped", "score": "success"}, done.stdout
    assert watched in ("success", "failed")
    assert (home / "scores" / f"{AS_OF}.parquet").exists()
    assert [version.version for version in registry.versions(f"sqlite:///{home}/mlflow.db")] == [2, 1]
