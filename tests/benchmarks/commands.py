"""The benchmarks as a reader runs them: as commands of their own, in which a warning is an error."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a benchmark and return how it ended."""
    command = [sys.executable, "-W", "error", str(ROOT / "benchmarks" / script), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def shown(script: str, *options: str) -> str:
    """Run a benchmark that must succeed and return what it shows."""
    done = run(script, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout
