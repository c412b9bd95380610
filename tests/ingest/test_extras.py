"""What is said where an optional package is missing: one line that says what to install."""

import importlib.metadata
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from littlegiants.ingest.errors import ConfigError, MissingExtraError
from littlegiants.ingest.extras import EXTRAS, require_extra
from tests.conftest import ROOT

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]


def packages(extra: str) -> set[str]:
    """Distributions of an extra in pyproject.toml, those of the extras that it includes among them."""
    found: set[str] = set()
    for requirement in map(Requirement, DECLARED[extra]):
        own = requirement.name == "littlegiants"
        found |= set().union(*map(packages, requirement.extras)) if own else {canonicalize_name(requirement.name)}
    return found


@pytest.mark.parametrize("extra", EXTRAS)
def test_extras_are_those_of_pyproject(extra):
    brought = importlib.metadata.packages_distributions()
    assert {canonicalize_name(name) for module in EXTRAS[extra] for name in brought[module]} == packages(extra)


def test_missing_package_is_one_line_that_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(MissingExtraError) as raised:
        require_extra("link", "giants link")
    assert str(raised.value) == "rapidfuzz is not installed; giants link needs pip install 'littlegiants[link]'"
    assert raised.value.name == "rapidfuzz"
    assert raised.value.exit_code == ConfigError.exit_code == 2


def test_other_extras_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    require_extra("link", "giants link")


def test_missing_package_is_an_import_error_too(monkeypatch):
    # pkgutil.walk_packages and mkdocstrings pass over a package that raises one.
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(ImportError, match="cryptography"):
        require_extra("sign", "a signature")
