"""The application of a worker process, made from the settings in the environment."""

import gc
import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY

from littlegiants.serving.http.process import worker
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.http.runtime.settings import VARIABLE, Settings
from tests.serving.http.asgi import call


@pytest.fixture
def app(tmp_path, monkeypatch):
    """The application over an empty folder, and what its service was made with."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.setattr(logging, "raiseExceptions", True)
    Settings(str(tmp_path)).export()
    given: list[Any] = []

    def service(*arguments: Any) -> Service:
        given.extend(arguments)
        return Service(*arguments)

    monkeypatch.setattr(worker, "Service", service)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    # Emptied first: `basicConfig` would close the handlers of pytest.
    root.handlers.clear()
    try:
        made = worker.make_app()
        (log,) = root.handlers
        yield made, given, log
        log.close()
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        gc.unfreeze()


def value(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


def test_it_answers_with_api_and_page(app):
    made, (settings, *_), _ = app
    assert settings == Settings.imported()
    assert call(made, "/health/live").json() == {"live": True}
    ready = call(made, "/health/ready")
    assert (ready.status, ready.json()["why"]) == (503, "no model has been found yet")
    assert call(made, "/openapi.json").json()["openapi"] == "3.1.0"
    # Without a model the page says so.
    page = call(made, "/")
    assert (page.status, page.headers["content-type"]) == (503, "text/html; charset=utf-8")


def test_models_that_come_into_use_or_are_refused_are_counted(app):
    _, (_, swapped, refused), _ = app
    before = value("giants_model_swaps_total"), value("giants_models_refused_total")
    swapped("0123456789ab")
    refused("it is damaged")
    refused("it is damaged")
    assert (value("giants_model_swaps_total"), value("giants_models_refused_total")) == (before[0] + 1, before[1] + 2)


def test_everything_is_logged_in_one_place_and_no_log_line_makes_another(app):
    _, _, log = app
    assert isinstance(log, Log)
    assert not logging.raiseExceptions
    assert gc.get_freeze_count() > 0
