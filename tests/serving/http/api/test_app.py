"""The application by itself: whatever a route does, the answer is a problem that says so."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.api.app import App
from littlegiants.serving.http.protocol.limits import Limits
from tests.serving.http.asgi import Response, call


class Broken(SimpleNamespace):
    """A service whose model cannot be had."""

    error: Exception

    @property
    def records(self) -> Any:
        raise self.error


def problem_response(error: Exception) -> Response:
    """The answer of the model's route when it meets an error."""
    service: Any = Broken(limits=Limits(), keys=None, error=error)
    log: Any = SimpleNamespace(line=lambda **_: None)
    return call(App(service, log), "/v1/model")


@pytest.mark.parametrize(
    ("error", "status", "code"), [(ConfigError("not so"), 422, "refused"), (ValueError("secret"), 500, "failed")]
)
def test_what_a_route_meets_is_told_as_a_problem(error, status, code, caplog):
    caplog.set_level(logging.CRITICAL, "littlegiants.service")
    response = problem_response(error)
    problem = response.json()
    assert (response.status, problem["status"], problem["code"]) == (status, status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"] == problem["request_id"]
    assert "secret" not in problem["title"]
