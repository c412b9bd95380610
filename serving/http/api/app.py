"""The ASGI application: every request passes one gate, and a request to score takes the shortest way behind it.

Scores and health are requested thousands of times a second, so bare ASGI answers them here. Starlette's routes, which
cost more than a score does, answer everything else.
"""

import logging
import secrets
import time
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from littlegiants.ingest.errors import LittleGiantsError
from littlegiants.serving.http.api.idempotency import HEADER, REPLAYED, KeyedRequest, idempotent_answer
from littlegiants.serving.http.api.responses import LIVE, Ready
from littlegiants.serving.http.api.routes import known_route, make_routes
from littlegiants.serving.http.api.score_requests import parse_request, to_json
from littlegiants.serving.http.auth.access import admit
from littlegiants.serving.http.protocol.bodies import (
    Disconnected,
    Receive,
    Scope,
    Send,
    check_type,
    read_body,
    read_head,
)
from littlegiants.serving.http.protocol.disconnects import unless_gone
from littlegiants.serving.http.protocol.problems import FORM, JSON, PROBLEM_JSON, Problem
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.uploads import UploadError

_log = logging.getLogger("littlegiants.service")
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_FAILED = Problem(500, "failed", "something of ours failed; it is logged under the request's id")
_LIVE, _READY, _SCORE = "/health/live", "/health/ready", "/v1/score"


class App:
    """The application.

    Parameters
    ----------
    service
        Started and stopped with the application.
    log
        Where each request leaves a line.
    pages
        Routes of the pages for people, which the process mounts beside the API.
    started
        Called in the event loop once the application has started.
    """

    def __init__(
        self, service: Service, log: Log, pages: Sequence[Route] = (), started: Callable[["App"], None] = lambda _: None
    ) -> None:
        self._service, self._requests, self._started = service, log, started
        self._open = 0
        handlers = {Problem: _problem, HTTPException: _unknown, LittleGiantsError: _refused, Exception: _failed}
        self._others = Starlette(routes=[*make_routes(service), *pages], exception_handlers=handlers)
        # A path with a slash too many is another path. A redirect to the right one would name the host of the request.
        self._others.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection's request, or follow the server's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            self._open += 1
            try:
                await _Exchange(self._service, self._others, self._requests, scope, receive, send).answer()
            finally:
                self._open -= 1
        else:
            await send({"type": "websocket.close", "code": 1003})

    def is_busy(self) -> bool:
        """Return whether a request is being answered."""
        return self._open > 0

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._service.start()
                self._started(self)
            else:
                await self._service.stop()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return


def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 - narrows the type; it is registered for no other
    body = problem.body(request.state.request_id, request.url.path)
    return Response(body, problem.status, problem.headers, PROBLEM_JSON.decode())


def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - narrows the type; it is registered for no other
    code = {404: "no_such_path", 405: "method"}.get(error.status_code, "refused")
    return _problem(request, Problem(error.status_code, code, str(error.detail), headers=error.headers))


def _refused(request: Request, error: Exception) -> Response:
    return _problem(request, _of(error))


def _failed(request: Request, _: Exception) -> Response:
    # The exception goes on to the exchange, which logs it.
    return _problem(request, _FAILED)


def _of(error: Exception) -> Problem:
    if isinstance(error, UploadError):
        return Problem(error.status, error.code, str(error), "files")
    return Problem(422, "refused", str(error))


class _Exchange:
    """One request and its answer."""

    def __init__(
        self, service: Service, others: Starlette, log: Log, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._service, self._others, self._log = service, others, log
        self._scope, self._receive, self._send = scope, receive, send
        self._path, self._method = str(scope["path"]), str(scope["method"])
        self._id, self._start = secrets.token_hex(8), time.perf_counter()
        self._status, self._sent = 0, 0
        self._said: dict[str, object] = {}

    async def answer(self) -> None:
        """Answer, whatever happens; leave a line and the figures."""
        try:
            await self._answer()
        except Problem as problem:
            await self._refuse(problem)
        except LittleGiantsError as error:
            await self._refuse(_of(error))
        except (Disconnected, ClientDisconnect):
            self._status = 499  # as nginx logs it: the client had gone
        except Exception:  # noqa: BLE001 - the log has it in full; the client learns the id and nothing else
            _log.exception("request %s failed", self._id)
            await self._refuse(_FAILED)
        finally:
            self._note()

    async def _answer(self) -> None:
        path, service = self._path, self._service
        if path == _LIVE:
            self._only("GET", "HEAD")
            return await self._respond(200, LIVE)
        head = read_head(self._scope, service.limits)
        if path == _READY:
            self._only("GET", "HEAD")
            why = service.why_not_ready()
            return await self._respond(
                503 if why else 200, msgspec.json.encode(Ready(not why, why, service.refused_model()))
            )
        key = admit(service.keys, path, self._method, head)
        if key is not None:
            self._said["key"] = key.name
        client = "" if key is None else key.digest.hex()
        if path == _SCORE and not head.get(b"content-type", b"").lower().startswith(FORM):
            self._only("POST")
            check_type(head, JSON)
            body = await read_body(self._receive, head, service.limits, service.reading)
            if HEADER not in head:
                return await self._respond(200, await self._score(body))
            return await self._score_idempotent(KeyedRequest(head, path, self._id, client), body)
        self._scope["state"] = {**self._scope.get("state", {}), "request_id": self._id, "client": client}
        await self._others(self._scope, self._receive, self._passing)
        return None

    def _only(self, *methods: str) -> None:
        if self._method not in methods:
            raise Problem(405, "method", f"ask by {' or '.join(methods)}", headers={"allow": ", ".join(methods)})

    async def _score_idempotent(self, request: KeyedRequest, body: bytes) -> None:
        answer, replayed = await idempotent_answer(self._service.kept, request, (body,), partial(self._score, body))
        self._said["replayed"] = replayed
        await self._respond(answer.status, answer.body, answer.media, {REPLAYED: "true"} if replayed else None)

    async def _score(self, body: bytes) -> bytes:
        service = self._service
        manifest = service.records.model.manifest
        parsed = parse_request(body, service.limits, manifest)
        work = service.answer(parsed)
        many = len(parsed.records) > 1 or parsed.explain
        # A single firm is answered before anyone could notice that the client has gone.
        version, answers = await (unless_gone(work, self._receive) if many else work)
        self._said |= {"firms": len(answers) + len(parsed.refused), "model_version": version}
        return to_json(parsed, answers, manifest.label, version)

    async def _refuse(self, problem: Problem) -> None:
        self._said["code"] = problem.code
        if self._status == 0:
            # The client may have gone in the meantime.
            with suppress(OSError, RuntimeError):
                await self._respond(problem.status, problem.body(self._id, self._path), PROBLEM_JSON, problem.headers)

    async def _respond(
        self, status: int, body: bytes, media: bytes = JSON, headers: dict[str, str] | None = None
    ) -> None:
        fields = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *self._always()]
        fields += [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        await self._sending({"type": "http.response.start", "status": status, "headers": fields})
        await self._sending({"type": "http.response.body", "body": body if self._method != "HEAD" else b""})

    def _always(self) -> list[tuple[bytes, bytes]]:
        return [(b"x-request-id", self._id.encode()), *_ALWAYS]

    async def _passing(self, message: MutableMapping[str, Any]) -> None:
        """Send what a route answers, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(field for field in self._always() if field[0] not in given)]
        await self._sending(message)

    async def _sending(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        else:
            self._sent += len(message.get("body", b""))
        await self._send(message)

    def _note(self) -> None:
        seconds, route = time.perf_counter() - self._start, known_route(self._path)
        metrics.observe(route, self._method, self._status, seconds)
        if route != _LIVE:
            line = {"request_id": self._id, "method": self._method[:16], "route": route, "status": self._status}
            self._log.line(**line, ms=round(1e3 * seconds, 2), bytes=self._sent, **self._said)
