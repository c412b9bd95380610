"""Fuzz the ways in: ``make fuzz``, or ``python -m tests.fuzz.run --seconds 60 csv json``.

Each way has a process of its own. A crash, an untyped error, a run of more than `SECONDS` or a process of more than
`MEGABYTES` is a finding: its input is kept in ``build/fuzz`` and the exit code is 1. Inputs that reached something new
are kept there too, so that the next run begins where this one ended.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz.ways_in import WAYS, seeds

FOLDER = Path("build/fuzz")
SECONDS, MEGABYTES, BYTES = 10, 2_048, 20_000
_RUNS = re.compile(r"^#(\d+)", re.MULTILINE)


def fuzz(way: str, seconds: int) -> bool:
    """Fuzz one way in; print what was found and return whether nothing was."""
    corpus, found = FOLDER / way, FOLDER / f"{way}-found"
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(way)):
        (corpus / f"seed-{number}").write_bytes(seed)
    command = [sys.executable, "-m", "tests.fuzz.fuzz", way, str(corpus), f"-artifact_prefix={found}/"]
    bounds = [f"-max_total_time={seconds}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={BYTES}"]
    done = subprocess.run([*command, *bounds], capture_output=True, text=True, errors="replace", check=False)
    runs = max(map(int, _RUNS.findall(done.stderr)), default=0)
    if done.returncode == 0:
        print(f"{way}: nothing in {runs:,} runs and {seconds} s")
        return True
    print(f"{way}: a finding after {runs:,} runs, its input in {found}; the process ended with {done.returncode}")
    # Atheris writes the traceback to stdout, libFuzzer what it makes of it to stderr.
    print("\n".join([*done.stdout.splitlines()[-40:], *done.stderr.splitlines()[-10:]]), file=sys.stderr)
    return False


def main() -> None:
    """Fuzz the ways that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=int, default=600, help="for each way")
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    given = parser.parse_args()
    if unknown := set(given.ways) - set(WAYS):
        parser.error(f"there is no way {min(unknown)}; the ways are {', '.join(WAYS)}")
    clean = [fuzz(way, given.seconds) for way in given.ways or WAYS]
    sys.exit(0 if all(clean) else 1)


if __name__ == "__main__":
    main()
