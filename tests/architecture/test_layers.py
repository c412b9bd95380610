"""Who may import whom: by the contracts of pyproject.toml, and by what a fresh interpreter really loads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


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


def loaded_by(package: str, folder) -> set[str]:
    """Names of the modules in a fresh interpreter after one import, outside the project's root."""
    program = f"import sys, littlegiants.{package}; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    return set(run.stdout.split())
