"""What each worker process of `giants serve` runs: the application, made of the settings it was started with."""

import gc
import logging

from littlegiants.serving.http.api.app import App
from littlegiants.serving.http.page import routes
from littlegiants.serving.http.process.cores import take_core
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.http.runtime.settings import Settings


def make_app() -> App:
    """Return the application of this process."""
    settings = Settings.imported()
    core = take_core(settings.folder, settings.workers)  # first of all: threads stay where they were started
    log = Log()
    logging.raiseExceptions = False  # a log that cannot be written must not write another
    logging.basicConfig(handlers=[log], level=logging.INFO, force=True)
    if core is not None:
        logging.getLogger("littlegiants.service").info("the worker keeps to core %d", core)
    service = Service(settings, lambda _: metrics.SWAPS.inc(), lambda _: metrics.REFUSED_MODELS.inc())
    app = App(service, log, routes(service))
    # What was imported stays; the collector need not look through it again while requests wait.
    gc.collect()
    gc.freeze()
    return app
