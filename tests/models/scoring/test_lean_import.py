"""LightGBM without scikit-learn, in processes that only score."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

ALONE = "from littlegiants.models.scoring.lean_import import import_lightgbm_alone; import_lightgbm_alone()"
LOADED = "; import sys; print('lightgbm' in sys.modules, 'sklearn' in sys.modules)"
LEARNING = "; import lightgbm, sklearn.linear_model; print(sklearn.__name__, lightgbm.compat.SKLEARN_INSTALLED)"


def printed(program: str) -> list[str]:
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_lightgbm_is_imported_alone():
    assert printed(f"{ALONE}{LOADED}") == ["True", "False"]


def test_scikit_learn_can_still_be_imported_afterwards():
    assert printed(f"{ALONE}{LEARNING}") == ["sklearn", "False"]


@pytest.mark.parametrize("before", ["import sklearn", "import lightgbm"])
def test_what_was_imported_before_stays_whole(before):
    assert printed(f"{before}; {ALONE}{LEARNING}") == ["sklearn", "True"]


@pytest.mark.parametrize(
    "module",
    [
        "serving.http.process.spawned",
        "serving.http.process.upload_process",
        "cli.scoring",
        "cli.serving",
    ],
)
def test_what_starts_a_scoring_process_imports_no_lightgbm_by_itself(module):
    """Else it would come with scikit-learn before anything could prevent that."""
    assert printed(f"import littlegiants.{module}{LOADED}") == ["False", "False"]


def test_the_library_leaves_the_estimators_of_lightgbm_alone():
    program = "import littlegiants.models.scoring.model, lightgbm; print(lightgbm.compat.SKLEARN_INSTALLED)"
    assert printed(program) == ["True"]
