"""The images of examples/Dockerfile, as far as they can be judged without building them."""

import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCKERFILE = ROOT / "examples" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def stages() -> dict[str, list[str]]:
    """The instructions of each stage, those of the stages it is built from before its own."""
    text = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if start := re.fullmatch(r"FROM (\S+) AS (\S+)", line):
            origin, name = start.groups()
            found[name] = [*found.get(origin, []), line]
        elif line and not line.startswith("#"):
            found[name].append(line)
    return found


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint has no wheel for this platform")
def test_the_linter_finds_nothing():
    done = subprocess.run([HADOLINT, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint has no wheel for this platform")
def test_the_linter_finds_what_is_wrong(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp && sudo pip install mlflow\n", encoding="utf-8")
    done = subprocess.run([HADOLINT, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert {"DL3003", "DL3004", "DL3006"} <= set(re.findall(r"DL\d{4}", done.stdout))


@pytest.mark.parametrize("image", ["service", "job"])
def test_an_image_runs_as_nobody_in_particular_and_brings_no_compiler(image):
    lines = stages()[image]
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    installed = [line for line in lines if line.startswith("RUN ")]
    assert len(installed) == 1
    assert not re.search(r"gcc|g\+\+|build-essential|python3-dev", installed[0])
    after = lines[lines.index("USER 10001") :]
    assert not any(line.startswith(("RUN ", "COPY ", "ADD ")) for line in after)
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


def test_everything_is_installed_by_hash():
    installs = [line for lines in stages().values() for line in lines if "pip install" in line]
    commands = [part for line in installs for part in line.split("&&") if "pip install" in part]
    assert commands
    assert all("--require-hashes" in command or "--no-deps" in command for command in commands)


def test_what_is_built_from_is_sent_and_nothing_else():
    ignored, *kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored == "*"
    sent = {line.removeprefix("!") for line in kept if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {place.split("/")[0] for place in project["tool"]["setuptools"]["package-dir"].values()}
    copied = {word for line in stages()["build"] if line.startswith("COPY req") for word in line.split()[1:-1]}
    assert sent == folders | copied | {"LICENSE", "README.md", "pyproject.toml"}
    assert all((ROOT / name).exists() for name in sent)
    assert not any(fnmatch(name, "*.key") or name.startswith(".") for name in sent)
