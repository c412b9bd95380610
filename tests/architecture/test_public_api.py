"""The public surface: small, pinned, and free of charge until it is used."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

PUBLIC = {
    "cli": {"main"},
    "features": {"FeatureMatrix", "Population", "Snapshot", "feature_matrix"},
    "ingest": {
        "ArtefactError",
        "AsOfError",
        "ConfigError",
        "LittleGiantsError",
        "RegistryError",
        "StopError",
        "TableError",
        "Tables",
        "TrainingError",
        "read_tables",
    },
    "models": {"Model", "read_artefact", "write_artefact"},
    "reports": {"write_audit_report", "write_report"},
    "serving": {"Scorer", "write_scores"},
    "training": {"TrainConfig", "simulate", "track", "train"},
}
HEAVY = {"lightgbm", "matplotlib", "mlflow", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "sqlalchemy"}
PER_PACKAGE = pytest.mark.parametrize("package", PUBLIC)


@PER_PACKAGE
def test_public_names(package):
    module = importlib.import_module(f"littlegiants.{package}")
    assert sorted(module.__all__) == sorted(PUBLIC[package])


@PER_PACKAGE
def test_public_names_are_there_and_described(package):
    module = importlib.import_module(f"littlegiants.{package}")
    for name in PUBLIC[package]:
        value = getattr(module, name)
        assert value.__name__ == name
        assert value.__module__.startswith(f"littlegiants.{package}.")
        assert value.__doc__


@PER_PACKAGE
def test_no_module_bears_a_public_name(package):
    # It would take the place of the name as soon as anything imports it.
    module = importlib.import_module(f"littlegiants.{package}")
    assert {found.name for found in pkgutil.iter_modules(module.__path__)} & PUBLIC[package] == set()


@PER_PACKAGE
def test_import_of_a_package_loads_no_heavy_library(package, tmp_path):
    # mlflow and scikit-learn cost over a second each: only who uses a name pays for it.
    program = f"import sys, littlegiants.{package}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert HEAVY & set(run.stdout.split()) == set()


@pytest.mark.parametrize("package", ["features", "ingest", "models", "reports", "serving", "training"])
def test_unknown_name_is_an_attribute_error(package):
    module = importlib.import_module(f"littlegiants.{package}")
    with pytest.raises(AttributeError, match=f"module 'littlegiants.{package}' has no attribute 'Oracle'"):
        _ = module.Oracle
