"""Calls of an ASGI application in this process: no server, no socket."""

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Response:
    """What the application sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def call(app: Any, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Response:
    """Send one request; an exception that no handler of the application takes is raised here."""
    named = {name.replace("_", "-").lower(): value for name, value in {"host": "x", **headers}.items()}
    fields = [(name.encode(), value.encode()) for name, value in named.items()]
    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": fields,
        "http_version": "1.1",
        "query_string": b"",
    }
    messages: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    start, *bodies = messages
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return Response(start["status"], found, b"".join(message.get("body", b"") for message in bodies))
