"""The examples in the docstrings of every module are run as tests."""

import doctest
import importlib
import pkgutil

import pytest

import littlegiants

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NAMES = [module.name for module in pkgutil.walk_packages(littlegiants.__path__, "littlegiants.")]


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith(".__main__")])
def test_examples_in_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    report: list[str] = []
    for docstring in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        runner.run(docstring, out=report.append)
    if report:
        pytest.fail("".join(report), pytrace=False)
