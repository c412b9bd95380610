"""The less frequent endpoints: files, the model, a portfolio, metrics, the Open Inference Protocol."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from littlegiants.serving.http.api import openapi
from littlegiants.serving.http.api.idempotency import REPLAYED, KeyedRequest, idempotent_answer
from littlegiants.serving.http.api.inference_routes import inference_routes
from littlegiants.serving.http.api.portfolio_response import portfolio_response
from littlegiants.serving.http.api.score_requests import as_of_date, parse_request
from littlegiants.serving.http.protocol.bodies import check_type, read_body, read_head
from littlegiants.serving.http.protocol.forms import Form, read_form
from littlegiants.serving.http.protocol.problems import JSON
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.service import Service

_ROUTES = frozenset(
    {
        "/health/live",
        "/health/ready",
        "/v1/score",
        "/v1/portfolio",
        "/v1/model",
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
        "/metrics",
        "/openapi.json",
        "/",
        "/portfolio",
        "/example",
    }
)


def known_route(path: str) -> str:
    """Return the route of a path for logs and metrics; ``other`` if the path has no route."""
    if path in _ROUTES:
        return path
    return "/v2/models" if path.startswith("/v2/models/") else "other"


def make_routes(service: Service) -> list[Route]:
    """Return the routes besides those that `littlegiants.serving.http.api.app` answers itself."""
    document = msgspec.json.encode(openapi.document(service.limits, service.keys is not None))

    async def files(request: Request) -> Response:
        limits = service.limits
        form, data = await read_form(request, limits.body_bytes, limits.body_seconds, service.reading)
        try:
            as_of = as_of_date(form.as_of.isoformat(), service.records.model.manifest)

            async def scored() -> bytes:
                answer = await service.answer_upload("scores", form.uploads, as_of, form.explain, ignored=form.ignored)
                metrics.add_firms(answer.scored, answer.refused)
                return answer.body

            return await idempotent(request, _contents(form), scored)
        finally:
            await data.close()

    async def model(_: Request) -> Response:
        return Response(service.records.model.manifest.to_json(), media_type=JSON.decode())

    async def figures(_: Request) -> Response:
        return Response(await asyncio.to_thread(metrics.exposition), headers={"content-type": metrics.CONTENT_TYPE})

    async def described(_: Request) -> Response:
        return Response(document, media_type=JSON.decode())

    async def of_portfolio(request: Request) -> Response:
        head = read_head(request.scope, service.limits)
        check_type(head, JSON)
        body = await read_body(request.receive, head, service.limits, service.reading)
        return await idempotent(request, (body,), partial(aggregated, body))

    async def aggregated(body: bytes) -> bytes:
        manifest = service.records.model.manifest
        score_request = parse_request(body, service.limits, manifest)
        version, answers = await service.answer(score_request, render=False)
        work = partial(portfolio_response, score_request, manifest.label, version, answers)
        return msgspec.json.encode(await asyncio.to_thread(work))

    async def idempotent(request: Request, parts: Iterable[bytes], work: Callable[[], Awaitable[bytes]]) -> Response:
        head = read_head(request.scope, service.limits)
        state = request.scope.get("state", {})
        keyed = KeyedRequest(head, request.url.path, state.get("request_id", ""), state.get("client", ""))
        answer, replayed = await idempotent_answer(service.kept, keyed, parts, work)
        headers = {REPLAYED: "true"} if replayed else None
        return Response(answer.body, answer.status, headers, answer.media.decode())

    return [
        Route("/v1/score", files, methods=["POST"]),
        Route("/v1/model", model, methods=["GET"]),
        Route("/v1/portfolio", of_portfolio, methods=["POST"]),
        Route("/metrics", figures, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *inference_routes(service),
    ]


def _contents(form: Form) -> Iterator[bytes]:
    """Yield what a form says, whatever the boundary between its parts."""
    yield repr((str(form.as_of), form.explain, form.ignored)).encode(errors="replace")
    for upload in form.uploads:
        yield upload.name.encode(errors="replace")
        yield upload.file.read()
        upload.file.seek(0)
