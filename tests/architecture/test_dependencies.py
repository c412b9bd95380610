"""The dependencies are bounded where it matters, and locked by hash without the address of any registry."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("cli", "features", "ingest", "models", "reports", "serving", "training")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
BUILD = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
RUN = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
EXTRAS = {
    extra: [Requirement(line) for line in lines]
    for extra, lines in PYPROJECT["project"]["optional-dependencies"].items()
}


def brought(extra: str) -> list[Requirement]:
    """Requirements of an extra, those of the extras that it includes among them."""
    own = [bound for bound in EXTRAS[extra] if bound.name == "littlegiants"]
    others = [found for bound in own for name in sorted(bound.extras) for found in brought(name)]
    return [bound for bound in EXTRAS[extra] if bound.name != "littlegiants"] + others


DEVELOP = brought("dev")
LOCKS = {
    "requirements-build.lock": BUILD,
    "requirements.lock": RUN,
    "requirements-service.lock": RUN + brought("serve"),
    "requirements-dev.lock": RUN + DEVELOP,
}
PER_LOCK = pytest.mark.parametrize("lock", LOCKS)


def entries(lock: str) -> Iterator[tuple[str, Version, list[str]]]:
    """Name, version and hashes of each requirement in a lock file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    for entry in re.finditer(r"^(\w[\w.-]*)(?:\[[\w,-]+\])?==([^\s;]+)(.*(?:\n +--hash.*)*)", text, flags=re.MULTILINE):
        name, version, rest = entry.groups()
        yield canonicalize_name(name), Version(version), re.findall(r"--hash=(\S+)", rest)


def requirement_lines(lock: str) -> list[str]:
    """Lines of a lock file that are neither comments nor hashes."""
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith((" ", "#"))]


@PER_LOCK
def test_lock_names_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"\S*(?:://|index-url|find-links|trusted-host|file:|git\+|@)\S*", text)


@PER_LOCK
def test_lock_has_a_sha256_for_every_requirement(lock):
    locked = list(entries(lock))
    assert len(locked) == len(requirement_lines(lock)) > 0
    assert not [name for name, _, hashes in locked if not hashes]
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for _, _, hashes in locked for value in hashes)


@PER_LOCK
def test_lock_is_within_the_bounds_of_the_project(lock):
    versions = {name: version for name, version, _ in entries(lock)}
    assert not [
        f"{bound}: `make lock` is due, {lock} has {versions.get(canonicalize_name(bound.name))}"
        for bound in LOCKS[lock]
        if not bound.specifier.contains(versions.get(canonicalize_name(bound.name), "0"))
    ]


def test_locks_agree_with_each_other():
    versions = {name: version for name, version, _ in entries("requirements-dev.lock")}
    for lock in ("requirements.lock", "requirements-build.lock", "requirements-service.lock"):
        # pip installs the others, and none of them asks for it.
        found = {name: version for name, version, _ in entries(lock) if name != "pip"}
        assert found.items() <= versions.items()


def test_every_dependency_has_a_lower_bound():
    bounded = {
        bound.name for bound in RUN + DEVELOP if {">=", "~=", "=="} & {part.operator for part in bound.specifier}
    }
    assert {bound.name for bound in RUN + DEVELOP} == bounded


def test_all_names_every_extra_of_the_commands():
    (every,) = EXTRAS["all"]
    assert every.extras == set(EXTRAS) - {"all", "bench", "dev", "docs"}


def imported() -> set[str]:
    """Top-level modules that the packages import, wherever in a module they do."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    ]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"littlegiants"}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    distributions = packages_distributions()
    found = {module: {canonicalize_name(name) for name in distributions[module]} for module in imported()}
    commands = [bound for extra in EXTRAS["all"][0].extras for bound in brought(extra)]
    declared = {canonicalize_name(bound.name) for bound in RUN + commands}
    assert {module for module, names in found.items() if not names & declared} == set()
    # They are loaded by scikit-learn and by Starlette.
    by_others = {"joblib", "python-multipart"}
    assert declared - set().union(*found.values()) == by_others


@pytest.mark.parametrize(
    ("name", "accepted", "refused"),
    [
        ("mlflow", ["3.17.2"], ["1.30.1", "3.17.1", "3.18.0"]),  # 1.30 is where an unbounded resolver ends up
        ("lightgbm", ["4.7.0", "4.9.0"], ["4.6.0", "5.0.0"]),
        ("pandas", ["3.1.0"], ["2.3.0", "4.0.0"]),
        ("pyarrow", ["25.0.0"], ["24.0.0", "26.0.0"]),
        ("scikit-learn", ["1.9.1"], ["1.8.0", "1.10.0"]),
    ],
)
def test_bounds_of_what_changes_scores(name, accepted, refused):
    (specifier,) = (bound.specifier for bound in RUN if bound.name == name)
    assert [version for version in accepted + refused if specifier.contains(version)] == accepted
