"""What is asked seldom: files, the model, a portfolio, figures, the Open Inference Protocol; by Starlette's routes."""

import asyncio
from functools import partial
from typing import Any

import msgspec
import pandas as pd
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.reports import portfolio
from littlegiants.serving.http.api import openapi
from littlegiants.serving.http.api.file_scoring import score_files
from littlegiants.serving.http.api.inference_routes import inference_routes
from littlegiants.serving.http.api.responses import Distribution, PortfolioResponse, WithheldCount
from littlegiants.serving.http.api.score_requests import Refusal, Refused, as_of_date, parse_request
from littlegiants.serving.http.protocol.bodies import check_type, read_body, read_head
from littlegiants.serving.http.protocol.forms import read_form
from littlegiants.serving.http.protocol.problems import JSON, answer_json
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.record_scorer import Scored

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
    """Return the route of a path for logs and figures, ``other`` for what is none."""
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
        question = parse_request(body, service.limits, service.records.model.manifest)
        version, answers = await service.answer(question)
        errors = [*question.refused.values(), *(answer for answer in answers if answer.__class__ is not Scored)]
        refused = [Refused(error.firm_id, Refusal(error.code, error.message, error.faults)) for error in errors]
        rows = [{name: getattr(a, name) for name in SCORE_COLUMNS} for a in answers if a.__class__ is Scored]
        names = {record.firm_id: record.name for record in question.records if isinstance(record.name, str)}
        # Without a row, nothing would say that this column holds truths.
        scores = pd.DataFrame(rows, columns=list(SCORE_COLUMNS)).astype({"abstained": bool})
        told = await asyncio.to_thread(_aggregates, scores, names)
        return answer_json(PortfolioResponse(version, question.as_of.isoformat(), **told, refused=refused))

    return [
        Route("/v1/score", files, methods=["POST"]),
        Route("/v1/model", model, methods=["GET"]),
        Route("/v1/portfolio", of_portfolio, methods=["POST"]),
        Route("/metrics", figures, methods=["GET"]),
        Route("/openapi.json", described, methods=["GET"]),
        *inference_routes(service),
    ]


def _aggregates(scores: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    """Return what the library says of a portfolio: see `littlegiants.reports.portfolio`."""
    given = scores.loc[~scores["abstained"], "p_market"].to_numpy(float)
    edges, firms = portfolio.histogram(given)
    counts = portfolio.withheld_counts(scores)
    return {
        "firms": len(scores),
        "outlook": portfolio.outlook(given),
        "distribution": Distribution(edges, firms),
        "ranking": portfolio.ranked(scores, names, len(scores)),
        "withheld": portfolio.withheld(scores, names, len(scores)),
        "withheld_counts": [WithheldCount(reason, count) for reason, count in counts],
    }
