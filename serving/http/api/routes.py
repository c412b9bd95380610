"""The less frequent endpoints: files, the model, a portfolio, metrics, the Open Inference Protocol."""

import asyncio
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from littlegiants.serving.http.api import openapi
from littlegiants.serving.http.api.file_scoring import score_files
from littlegiants.serving.http.api.inference_routes import inference_routes
from littlegiants.serving.http.api.portfolio_response import portfolio_response
from littlegiants.serving.http.api.score_requests import as_of_date, parse_request
from littlegiants.serving.http.protocol.bodies import check_type, read_body, read_head
from littlegiants.serving.http.protocol.forms import read_form
from littlegiants.serving.http.protocol.problems import JSON, answer_json
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
        form, data = await read_form(request, service.limits.body_bytes, service.limits.body_seconds)
        try:
            scorer = service.current()
            as_of = as_of_date(form.as_of.isoformat(), scorer.model.manifest)
            work = partial(score_files, scorer, form.uploads, as_of, form.explain, service.limits.firms)
            answer = await service.pool.run(work)
            metrics.count_firms(answer.results, 0)
            return answer_json(answer)
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
        score_request = parse_request(body, service.limits, service.records.model.manifest)
        version, answers = await service.answer(score_request, render=False)
        return answer_json(await asyncio.to_thread(portfolio_response, score_request, version, answers))

    return [
        Route("/v1/score", files, methods=["POST"]),
        Route("/v1/model", model, methods=["GET"]),
        Route("/v1/portfolio", of_portfolio, methods=["POST"]),
        Route("/metrics", figures, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *inference_routes(service),
    ]
