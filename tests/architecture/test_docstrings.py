"""Docstrings of public functions, methods and classes follow numpydoc, as far as the house rule goes.

The rule: a summary that ends with a period; ``Parameters`` where there are three or more, all of them and in order; and
``Raises`` where a function raises on purpose, with every class that it names. To list what is amiss in some folders::

    .venv/bin/python tests/architecture/test_docstrings.py ingest/sources cli
"""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from numpydoc.validate import validate

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "features", "ingest", "models", "reports", "serving", "training")
# What numpydoc calls: form (GL), summary (SS), parameters (PR), results (RT).
CODES = {"GL03", "GL05", "GL06", "GL07", "GL08", "GL10", "SS01", "SS03", "PR02", "PR03", "PR07", "PR10", "RT03"}
UNDOCUMENTED = "PR01"
FEW = 2
# Raised to leave or to say that a programmer erred, not on purpose.
UNNAMED = {"AssertionError", "Exit", "NotImplementedError", "StopIteration", "SystemExit"}


def modules(folder: str) -> Iterator[Path]:
    """Modules in a folder of the tree, or the one module that is named."""
    path = ROOT / folder
    yield from [path] if path.suffix else sorted(path.rglob("*.py"))


def imported(path: Path) -> ModuleType:
    """The module in a file of the tree."""
    words = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(("littlegiants", *words)).removesuffix(".__init__"))


def public(
    tree: ast.AST, prefix: str = ""
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Public classes, functions and methods, by their names within the module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}{node.name}.")


def raised(function: ast.AST) -> set[str]:
    """Names of the classes that a function raises itself."""
    found = set()
    for node in ast.iter_child_nodes(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            called = node.exc.func
            name = (
                called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
            )
            found |= {name} - UNNAMED if name[:1].isupper() else set()
        found |= raised(node)
    return found


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of a function's parameters but for the object that it is a method of."""
    given = node.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def is_command(module: ModuleType, name: str) -> bool:
    """Say whether a function is a command: its docstring is the text of the help, and its options say what they do."""
    if not module.__name__.startswith("littlegiants.cli."):
        return False
    from littlegiants.cli.reference import commands

    return any(inspect.unwrap(command.callback).__name__ == name for command in commands().values() if command.callback)


def wrong(path: Path) -> Iterator[str]:
    """What is amiss with the docstrings of a module, one line each."""
    module = imported(path)
    for name, node in public(ast.parse(path.read_text(encoding="utf-8"))):
        where = f"{path.relative_to(ROOT)}:{node.lineno}: {name}"
        if any(
            getattr(found, "id", getattr(found, "attr", "")) in ("overload", "setter") for found in node.decorator_list
        ):
            continue
        codes = set(CODES)
        function = None if isinstance(node, ast.ClassDef) or is_command(module, name) else node
        if function is not None and len(parameters(function)) > FEW:
            codes.add(UNDOCUMENTED)
        found = validate(f"{module.__name__}.{name}")
        yield from (f"{where}: {code} {text}" for code, text in found["errors"] if code in codes)
        section = found["docstring"].partition("Raises\n------\n")[2]
        if function is not None and (missing := sorted(error for error in raised(function) if error not in section)):
            yield f"{where}: Raises does not name {', '.join(missing)}"


@pytest.mark.parametrize("package", PACKAGES)
def test_docstrings_follow_the_house_rule(package):
    assert [line for path in modules(package) for line in wrong(path)] == []


if __name__ == "__main__":
    lines = [line for folder in sys.argv[1:] or PACKAGES for path in modules(folder) for line in wrong(path)]
    print(*lines, f"{len(lines)} docstrings are amiss", sep="\n")
    sys.exit(bool(lines))
