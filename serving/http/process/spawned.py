"""Where the spawned processes of a service begin: they import LightGBM without scikit-learn, then what they need."""

from typing import TYPE_CHECKING

from littlegiants.models.scoring.lean_import import import_lightgbm_alone

if TYPE_CHECKING:
    from littlegiants.models.serving_contract import ServingContract
    from littlegiants.models.signing.trust import Trust
    from littlegiants.serving.http.api.app import App


def make_app() -> "App":
    """Return the application of a worker, as of `littlegiants.serving.http.process.worker.make_app`."""
    import_lightgbm_alone()
    from littlegiants.serving.http.process import worker

    return worker.make_app()


def run_watcher(
    run: str,
    reference: str,
    store: str | None,
    trust: "Trust | None",
    contract: "ServingContract",
    poll_seconds: float,
) -> None:
    """Run the model watcher, as of `littlegiants.serving.http.process.model_watcher.run_watcher`.

    Parameters
    ----------
    run, reference, store, trust, contract, poll_seconds
        As there.
    """
    import_lightgbm_alone()
    from littlegiants.serving.http.process import model_watcher

    model_watcher.run_watcher(run, reference, store, trust, contract, poll_seconds)
