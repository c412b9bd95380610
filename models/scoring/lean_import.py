"""LightGBM without scikit-learn, for processes that only score.

Where scikit-learn is installed, LightGBM imports it, and with it much of SciPy: more than half of what a scoring
process takes to start. Only the classes of `lightgbm.sklearn` need it, and this product uses the booster alone.
"""

import sys


def import_lightgbm_alone() -> None:
    """Import LightGBM while scikit-learn looks absent, unless either has been imported already.

    `lightgbm.sklearn` has no estimators in this process afterwards. So only commands and processes of this product
    that score call it, and the library never does. Scikit-learn itself can be imported as ever.
    """
    if "lightgbm" in sys.modules or "sklearn" in sys.modules:
        return
    sys.modules["sklearn"] = None  # type: ignore[assignment] # what Python itself takes as "cannot be imported"
    try:
        import lightgbm  # noqa: F401
    finally:
        del sys.modules["sklearn"]
