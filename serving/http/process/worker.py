"""The application of a worker process of `giants serve`, made from the settings in its environment."""

import asyncio
import gc
import logging
import os
from functools import partial

from littlegiants.serving.http.api.app import App
from littlegiants.serving.http.page import routes
from littlegiants.serving.http.process.cores import take_core
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.departure import STOP, leave
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.http.runtime.settings import Settings
from littlegiants.serving.parentage import end_with_parent


def make_app() -> App:
    """Return the application of this process."""
    end_with_parent("giants-worker")
    settings = Settings.imported()
    core = take_core(
        settings.folder, settings.workers
    )  # before any thread starts: threads stay on the core where they start
    log = Log()
    logging.raiseExceptions = False  # a failure to log must not be logged in turn
    logging.basicConfig(handlers=[log], level=logging.INFO, force=True)
    if core is not None:
        logging.getLogger("littlegiants.service").info("the worker keeps to core %d", core)
    service = Service(settings, lambda _: metrics.SWAPS.inc(), lambda _: metrics.REFUSED_MODELS.inc())
    app = App(service, log, routes(service), partial(_obey, service, log))
    # Imported modules stay, so the collector need not scan them again while requests wait.
    gc.collect()
    gc.freeze()
    return app


def _obey(service: Service, log: Log, app: App) -> None:
    """Hurry and leave at the signal to stop."""
    tasks: list[asyncio.Task[None]] = []  # the event loop alone would not keep them

    def end() -> None:
        log.close()
        os._exit(0)

    def stop() -> None:
        service.hurry()
        if not tasks:
            tasks.append(asyncio.get_running_loop().create_task(leave(app.is_busy, end)))

    asyncio.get_running_loop().add_signal_handler(STOP, stop)
