"""Tests mirror modules one to one: the tests of ``a/b/c.py`` are in ``tests/a/b/test_c.py``."""

from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("cli", "features", "ingest", "models", "reports", "serving", "training")
# Modules that have nothing to test by itself.
WITHOUT_TESTS = {
    "ingest/arrays.py": "names of array types",
    "ingest/errors.py": "classes without code; who raises them is tested",
}
# Tests of what no single module does.
WITHOUT_MODULE = {
    "tests/cli/test_extras.py": "every command where a package is missing",
    "tests/cli/test_import_lists.py": "giants import of lists and workbooks",
    "tests/cli/test_import_registers.py": "giants import of public registers",
    "tests/cli/test_money.py": "rates and constant prices through all commands",
    "tests/cli/test_production_registry.py": "an MLflow server on PostgreSQL, from training to serving",
    "tests/cli/test_scoring_errors.py": "what giants score refuses",
    "tests/features/test_contract_kit.py": "the contract that every column keeps",
    "tests/features/test_leaks.py": "mutations that look ahead are found",
    "tests/features/test_time.py": "the rules of time on pairs of generated worlds",
    "tests/ingest/linkage/test_precision.py": "precision on public registers",
    "tests/serving/http/page/test_browser.py": "the page in a real browser",
    "tests/serving/http/page/test_service.py": "the page as the service serves it",
    "tests/serving/http/test_interfaces.py": "every way into the running service",
    "tests/serving/http/test_hostile.py": "hostile requests to the running service",
    "tests/serving/http/test_life.py": "start, change of model and end of the running service",
    "tests/serving/http/test_overload.py": "more requests than the service can answer",
    "tests/serving/http/test_score.py": "scores over HTTP",
    "tests/serving/http/test_statuses.py": "every code of the error catalogue and every documented limit",
    "tests/serving/spark/test_spark_udf.py": "the model by MLflow on Spark",
    "tests/serving/test_money_rule.py": "one rule of money for every way to a score",
}


def modules(package: str) -> set[str]:
    """Modules of a package but for its `__init__` files, by their paths."""
    paths = (ROOT / package).rglob("*.py")
    return {path.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py"}


def mirror(module: str) -> str:
    """Where the tests of a module are."""
    path = Path(module)
    return (Path("tests") / path.parent / f"test_{path.name}").as_posix()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_has_its_tests(package):
    without = {module for module in modules(package) if not (ROOT / mirror(module)).is_file()}
    assert sorted(without - set(WITHOUT_TESTS)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_all_tests_are_of_a_module(package):
    mirrors = {mirror(module) for module in modules(package)}
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / package).rglob("test_*.py")}
    assert sorted(found - mirrors - set(WITHOUT_MODULE)) == []


def test_exceptions_are_still_there():
    assert [path for path in (*WITHOUT_TESTS, *WITHOUT_MODULE) if not (ROOT / path).is_file()] == []
    assert [module for module in WITHOUT_TESTS if (ROOT / mirror(module)).is_file()] == []
