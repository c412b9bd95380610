"""Every quarantine code, exit code and error class is expected by a test: none is a promise that nobody tried.

The codes of HTTP problems are provoked one by one in `tests/serving/http/test_statuses.py`.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from littlegiants.cli.help import EXIT_CODES
from littlegiants.ingest import errors
from littlegiants.ingest.tables.quarantine import CODES
from tests.conftest import ROOT

# What only stands for a kind: who raises them always raises one of their kinds.
ABSTRACT = {"LittleGiantsError", "StopError"}
CLASSES = {name for name, _ in inspect.getmembers(errors, inspect.isclass) if name.endswith("Error")} - ABSTRACT
_EXIT = re.compile(r"\b(?:code|returncode|exit_code|wait\(\w*\))\)?,?[^=\n]*== ?\(?\[?(\d+)")


@cache
def sources() -> dict[Path, str]:
    here = Path(__file__).resolve()
    return {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py")) if path.resolve() != here}


def asserted(tree: ast.AST) -> Iterator[ast.AST]:
    """What stands in an assertion, in the arguments of a call, or in the cases of a parametrized test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert | ast.Call | ast.Dict | ast.Tuple | ast.List):
            yield from ast.walk(node)


@cache
def texts() -> frozenset[str]:
    """Every word of the texts that tests compare with."""
    words: set[str] = set()
    for source in sources().values():
        if any(code in source for code in CODES):
            for node in asserted(ast.parse(source)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    words |= set(re.findall(r"[a-z_]+", node.value))
    return frozenset(words)


@cache
def raised() -> frozenset[str]:
    """The names of errors that a test expects by `pytest.raises`, or passes on to a helper that does."""
    names: set[str] = set()
    for source in sources().values():
        if "Error" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                names |= {part.id for value in given for part in ast.walk(value) if isinstance(part, ast.Name)}
    return frozenset(names)


@cache
def exits() -> frozenset[int]:
    """The exit codes that tests of commands and of processes compare with."""
    return frozenset(int(code) for source in sources().values() for code in _EXIT.findall(source))


@pytest.mark.parametrize("code", CODES)
def test_every_quarantine_code_is_expected_by_a_test(code):
    assert code in texts()


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_error_is_expected_by_a_test(name):
    assert name in raised()


@pytest.mark.parametrize("code", EXIT_CODES)
def test_every_exit_code_is_expected_by_a_test(code):
    assert code in exits()


def test_a_code_that_nobody_tries_is_found():
    assert "no_such_code_at_all" not in texts()
    assert "NoSuchError" not in raised()
    assert 99 not in exits()
