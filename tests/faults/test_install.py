"""What `make setup` installs is what the locks name, byte for byte; nothing is built, and nothing else comes along."""

import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.conftest import ROOT


def flags() -> list[list[str]]:
    """The flags of each command of the Makefile that installs from a lock."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if "$(INSTALL)" in line and "--requirement" in line]
    return [re.sub(r"^\s*\$\(INSTALL\)|--requirement \S+", "", line).split() for line in lines]


def wheel(folder: Path, name: str, needs: str = "") -> str:
    """Write a wheel with one empty module and return its SHA-256."""
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + (f"Requires-Dist: {needs}\n" if needs else "")
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", "")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", about)
        archive.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source(folder: Path, name: str, ran: Path) -> str:
    """Write a source distribution that leaves a file where it is built, and return its SHA-256."""
    path = folder / f"{name}-1.0.tar.gz"
    content = f"open({str(ran)!r}, 'w').close()\n".encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(f"{name}-1.0/setup.py")
        member.size = len(content)
        archive.addfile(member, BytesIO(content))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def install(tmp_path):
    """Install a lock's lines from a folder of files, with the flags of `make setup`, and say what came of it."""
    (tmp_path / "files").mkdir()

    def run(*lines: str) -> tuple[set[str], str]:
        (tmp_path / "lock").write_text("\n".join(lines))
        command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input"]
        command += ["--no-index", "--find-links", tmp_path / "files", "--target", tmp_path / "to", *flags()[0]]
        done = subprocess.run(
            [*command, "--requirement", tmp_path / "lock"], capture_output=True, text=True, check=False
        )
        return {path.name for path in (tmp_path / "to").glob("*.py")}, done.stderr

    return run


def test_every_install_from_a_lock_is_by_hash_and_builds_nothing_but_what_is_named():
    assert len(flags()) == 2
    for found in flags():
        assert "--require-hashes" in found
        assert found[found.index("--only-binary") + 1] == ":all:"
    exempt = [found[place + 1] for found in flags() for place, flag in enumerate(found) if flag == "--no-binary"]
    assert exempt == ["autograd-gamma,pyspark,venn-abers"]


def test_m20_a_dependency_with_another_hash_is_not_installed(tmp_path, install):
    right = wheel(tmp_path / "files", "giantdep")
    installed, told = install(f"giantdep==1.0 --hash=sha256:{'0' * 64}")
    assert (installed, "THESE PACKAGES DO NOT MATCH THE HASHES" in told) == (set(), True)
    assert install(f"giantdep==1.0 --hash=sha256:{right}")[0] == {"giantdep.py"}


def test_m20_a_dependency_that_the_lock_does_not_name_is_not_installed(tmp_path, install):
    # As a package would bring it in whose maintainer mistyped a name.
    right = wheel(tmp_path / "files", "giantdep", needs="giantdeps")
    wheel(tmp_path / "files", "giantdeps")
    installed, told = install(f"giantdep==1.0 --hash=sha256:{right}")
    assert (installed, "giantdeps" in told) == (set(), True)


def test_m20_a_dependency_that_is_source_only_is_not_built(tmp_path, install):
    right = source(tmp_path / "files", "giantdep", tmp_path / "ran")
    installed, told = install(f"giantdep==1.0 --hash=sha256:{right}")
    assert (installed, "No matching distribution found for giantdep==1.0" in told) == (set(), True)
    assert not (tmp_path / "ran").exists()
