"""The command as a process: exit codes, one line when something is wrong, quiet otherwise, and a light start."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from littlegiants.cli.help import EXIT_CODES
from littlegiants.cli.reference import commands
from tests.cli.conftest import AS_OF, GIANTS, giants, process

HEAVY = {"lightgbm", "matplotlib", "mlflow", "numpy", "pandas", "pyarrow", "sklearn", "sqlalchemy"}


def test_scoring_as_users_do(world):
    # The same command twice, the champion of a registry and all: the same bytes.
    given = ("--data", world.data, "--as-of", AS_OF, "--store", world.store)
    done = process("score", *given, "--out", "scores.csv", "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert json.loads(done.stdout)["out"] == "scores.csv"
    assert giants("score", *given, "--out", "again.csv").code == 0
    assert Path("scores.csv").read_bytes() == Path("again.csv").read_bytes()


def test_error_is_one_line_and_an_exit_code():
    done = process("simulate", "--out", "d", "--without", "no\nsuch\x1b[31m table")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(r"giants: without names no\nsuch\x1b[31m table; ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [(), ("import",)])
def test_without_a_command_the_help_is_shown(arguments):
    done = giants(*arguments)
    assert (done.code, done.err) == (2, "")
    assert "Commands" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("scroe",), "giants: No such command 'scroe'. Did you mean 'score'?; see giants --help\n"),
        (("--version",), "giants: No such option: --version; see giants --help\n"),
        (("import", "sbir"), "giants import sbir: Missing argument 'FILE'; see giants import sbir --help\n"),
    ],
)
def test_misuse(arguments, message):
    done = giants(*arguments)
    assert (done.code, done.out, done.err) == (2, "", message)


def test_interrupted(world):
    # The command waits for the other end of a pipe, so that it is at work for certain when the signal comes.
    os.mkfifo("firms")
    given = ("--data", world.data, "--as-of", AS_OF, "--model", world.artefact, "--out", "s.csv", "--firms", "firms")
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # Where the tests run in the background of a script, they inherit that the signal is ignored.
    pipes["preexec_fn"] = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen([GIANTS, "score", *map(str, given)], **pipes) as command, Path("firms").open("w"):
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
    assert (command.returncode, out, err) == (130, "", "giants: interrupted\n")
    assert not Path("s.csv").exists()


def test_reader_that_goes_away_is_no_error():
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = process("simulate", "--out", "d", "--firms", 60, stdout=write_end)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("arguments", [("--help",), ("simulate", "--out", "d"), ("models",)])
def test_python_without_docstrings_is_one_line(arguments):
    done = process(*arguments, env={**os.environ, "PYTHONOPTIMIZE": "2"})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("giants: Python runs with -OO (or PYTHONOPTIMIZE=2)")
    assert done.stderr.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_python_without_assertions_runs():
    done = process("simulate", "--out", "d", "--firms", 60, env={**os.environ, "PYTHONOPTIMIZE": "1"})
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_full_disk_behind_stdout():
    with Path("/dev/full").open("w") as full:
        done = process("simulate", "--out", "d", "--firms", 60, "--json", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "giants: the result cannot be printed: No space left on device\n"


def test_files_beyond_the_limit_of_the_disk_are_never_half_written(world):
    Path("s.csv").write_text("what stood here before")
    command = (
        f"ulimit -f 8; exec {GIANTS} score --data {world.data} --as-of {AS_OF} --model {world.artefact} --out s.csv"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr == "giants: s.csv cannot be written: File too large\n"
    assert [(path.name, path.read_text()) for path in Path().iterdir()] == [("s.csv", "what stood here before")]


def test_closed_streams_do_no_harm():
    command = f"exec {GIANTS} simulate --out d --firms 60 >&- 2>&-"
    assert subprocess.run(["bash", "-c", command], check=False, timeout=60).returncode == 0
    assert Path("d/firms.csv").exists()


def test_help_starts_without_the_heavy_libraries():
    # All but that of `train`, whose settings stand beside what they set.
    shown = [words.split()[1:] for words in commands() if words != "giants train"]
    program = (
        "import sys; from littlegiants.cli.app import run; "
        f"[run([*words, '--help']) for words in {[[], *shown]}]; "
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stderr.split()) == set()


def test_every_exit_code_is_an_unsigned_byte_with_a_meaning():
    assert all(0 <= code < 256 and meaning for code, meaning in EXIT_CODES.items())
