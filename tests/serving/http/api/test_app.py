"""The application by itself: whatever a route does, the answer is a problem that says so."""

import asyncio
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.api.app import App
from littlegiants.serving.http.protocol.limits import Limits


class Broken(SimpleNamespace):
    """A service whose model cannot be had."""

    error: Exception

    @property
    def records(self) -> Any:
        raise self.error


def problem_response(error: Exception) -> tuple[int, dict[bytes, bytes], dict]:
    """The answer of the model's route when it meets an error."""
    service: Any = Broken(limits=Limits(), keys=None, error=error)
    log: Any = SimpleNamespace(line=lambda **_: None)
    said: list[Any] = []
    head = [(b"host", b"x")]
    scope = {"type": "http", "path": "/v1/model", "method": "GET", "headers": head, "http_version": "1.1"}

    async def send(message: Any) -> None:
        said.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(App(service, log)(scope, receive, send))
    start, body = said
    return start["status"], dict(start["headers"]), json.loads(body["body"])


@pytest.mark.parametrize(
    ("error", "status", "code"), [(ConfigError("not so"), 422, "refused"), (ValueError("secret"), 500, "failed")]
)
def test_what_a_route_meets_is_told_as_a_problem(error, status, code, caplog):
    caplog.set_level(logging.CRITICAL, "littlegiants.service")
    found, headers, problem = problem_response(error)
    assert (found, problem["status"], problem["code"]) == (status, status, code)
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"x-request-id"].decode() == problem["request_id"]
    assert "secret" not in problem["title"]
