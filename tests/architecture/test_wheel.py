"""The wheel is what users get: every module and data file of the tree, and nothing outside `littlegiants`."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = ("cli", "features", "ingest", "models", "reports", "serving", "training")
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """Wheel of a copy of the tree: building in place would leave setuptools' folders behind."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, tree / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = (tree / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


def packed(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


def in_tree() -> set[str]:
    """Files of the package folders, by the name they should have in the wheel."""
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file())
    return {
        (Path("littlegiants") / path.relative_to(ROOT)).as_posix() for path in paths if not LEFT_OUT & set(path.parts)
    }


def test_wheel_holds_every_file_of_the_packages_and_no_other(wheel):
    assert packed(wheel) == in_tree()


def test_every_package_declares_its_types(wheel):
    packages = {name.rpartition("/")[0] for name in packed(wheel) if name.endswith("/__init__.py")}
    assert {f"littlegiants/{folder}" for folder in FOLDERS} <= packages
    assert {f"{package}/py.typed" for package in packages} <= packed(wheel)


def test_namespace_is_left_open(wheel):
    # No littlegiants/__init__.py: with one, a plug-in distribution could not add littlegiants.<name>.
    assert "littlegiants/__init__.py" not in packed(wheel)
    assert {name.split("/")[0] for name in packed(wheel)} == {"littlegiants"}


def test_wheel_installs_the_command(wheel):
    (entry_points,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert "giants = littlegiants.cli:main" in wheel.read(entry_points).decode()
