"""Who may import whom: by the contracts of pyproject.toml, and by what a fresh interpreter really loads."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "features", "ingest", "models", "reports", "serving", "training")


def test_contracts_are_kept():
    # In a process of its own: it sets up logging anew, which silences every logger that other tests listen to.
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        "pyproject.toml",
        "--no-cache",
        "--no-logo",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("package", "unwanted"),
    [
        ("ingest", ["features", "models", "reports", "training", "serving", "cli"]),
        ("features", ["models", "reports", "training", "serving", "cli"]),
        ("models", ["reports", "training", "serving", "cli"]),
        ("reports", ["training", "serving", "cli"]),
        ("serving", ["training", "cli"]),
        ("training", ["serving", "cli"]),
    ],
)
def test_importing_a_layer_loads_none_above_it(package, unwanted, tmp_path):
    assert not loaded_by(package, tmp_path) & {f"littlegiants.{name}" for name in unwanted}


@pytest.mark.parametrize("package", ["ingest", "features", "models", "reports", "serving"])
def test_scoring_side_starts_without_mlflow(package, tmp_path):
    # mlflow costs 1.4 s at every start, and its loaders run code: a scorer has no use for either.
    assert "mlflow" not in loaded_by(package, tmp_path)


def graph() -> dict[str, set[str]]:
    """The modules that each module imports, at its top or inside a function; imports for types alone do not count."""
    paths = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    words = {path: ("littlegiants", *path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    names = {path: ".".join(words[path]).removesuffix(".__init__") for path in paths}
    modules = set(names.values())
    return {name: imports(ast.parse(path.read_text("utf-8")), modules) for path, name in names.items()}


def imports(tree: ast.AST, modules: set[str]) -> set[str]:
    """Those of the modules that a tree imports."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in modules else node.module or "" for name in named}
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found |= {name for other in node.orelse for name in imports(other, modules)}
        else:
            found |= imports(node, modules)
    return found & modules


def test_no_modules_import_each_other_not_even_inside_functions():
    TopologicalSorter(graph()).prepare()


def test_an_import_inside_a_function_closes_a_circle():
    lazy = ast.parse("def f():\n    from littlegiants.b import c\n    return c")
    found = imports(lazy, {"littlegiants.a", "littlegiants.b"})
    with pytest.raises(CycleError):
        TopologicalSorter({"littlegiants.a": found, "littlegiants.b": {"littlegiants.a"}}).prepare()


def loaded_by(package: str, folder) -> set[str]:
    """Names of the modules in a fresh interpreter after one import, outside the project's root."""
    program = f"import sys, littlegiants.{package}; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    return set(run.stdout.split())
