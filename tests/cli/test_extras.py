"""Every command that needs an extra says so in one line where it is missing, before it has read anything."""

import json
import subprocess
import sys

import pytest

# Each with what it needs first; none of the files is there, so whatever else came first would be another error.
COMMANDS = {
    "import sbir awards.csv --out data": ("charset_normalizer", "giants import", "import"),
    "import canonical book.xlsx --out data": ("charset_normalizer", "giants import", "import"),
    "link a b --out same.csv": ("charset_normalizer", "giants link", "link"),
    "audit data --report audit.html": ("jinja2", "--report", "report"),
    "evaluate --data data --report page.html": ("jinja2", "--report", "report"),
    "score --data data --as-of 2023-12-31 --out s.csv --report r.html": ("jinja2", "--report", "report"),
    "score --data data --as-of 2023-12-31 --out s.csv --require-signature k": ("cryptography", "a signature", "sign"),
    "score --data data --as-of 2023-12-31 --out s.csv --engine spark": ("pyspark", "--engine spark", "spark"),
    "sign model --key k.pem": ("cryptography", "a signature", "sign"),
    "tune --data data --out tuned.toml": ("optuna", "giants tune", "tune"),
    "serve": ("charset_normalizer", "giants serve", "serve"),
}
PROGRAM = """
import contextlib, io, json, sys
from littlegiants.ingest.extras import EXTRAS
needed_by_mlflow = {"matplotlib"}
sys.modules |= dict.fromkeys({name for names in EXTRAS.values() for name in names} - needed_by_mlflow)
from littlegiants.cli.app import run
said = {}
for command in json.loads(sys.argv[1]):
    with contextlib.redirect_stderr(io.StringIO()) as stderr:
        said[command] = (run(command.split()), stderr.getvalue())
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Exit code and stderr of each command in an interpreter that has none of the extras."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(list(COMMANDS))]
    folder = tmp_path_factory.mktemp("bare")
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_extra_is_one_line(said, command):
    package, use, extra = COMMANDS[command]
    line = f"giants: {package} is not installed; {use} needs pip install 'littlegiants[{extra}]'\n"
    assert said[command] == [2, line]


def test_base_alone_simulates_audits_and_shows_signals(tmp_path):
    commands = ["simulate --out data --firms 60", "audit data", "signals --data data --as-of 2020-12-31"]
    command = [sys.executable, "-c", PROGRAM, json.dumps(commands)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout.splitlines()[-1])
    assert {command: code for command, (code, _) in said.items()} == dict.fromkeys(commands, 0), said
