"""Metrics for Prometheus, added up over all workers. Every label has few values, whatever clients send."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from littlegiants.models.scoring.record_scorer import Scored

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FOLDER = "metrics"
_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST"})

REQUESTS = Counter("giants_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "giants_request_seconds",
    "Time from a request's head to the end of its answer",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
FIRMS = Counter("giants_firms", "Firms of requests, by what they got", ["answer"])
SWAPS = Counter("giants_model_swaps", "Models that came into use in a worker")
REFUSED_MODELS = Counter("giants_models_refused", "Models that a worker refused to use")


def share(run: Path) -> None:
    """Make the folder that the workers share. Call it before a worker starts."""
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    os.environ[_VARIABLE] = str(folder)


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request.

    Parameters
    ----------
    route
        As of `littlegiants.serving.http.api.routes.known_route`.
    method
        A method that no route has counts as ``other``.
    status
        The HTTP status of the answer.
    seconds
        From the head of the request to the end of the answer.
    """
    _requests(route, method if method in _METHODS else "other", status).inc()
    _seconds(route).observe(seconds)


@cache  # finding the counter of a label takes longer than counting
def _requests(route: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(route, method, str(status))


@cache
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


@cache
def _firms(answer: str) -> Counter:
    return FIRMS.labels(answer)


def count_firms(answers: Sequence[Any], refused: int) -> None:
    """Count the firms of one request: the answers to its records, and its firms that were refused before."""
    scored = sum(answer.__class__ is Scored for answer in answers)
    _firms("scored").inc(scored)
    if scored < len(answers) or refused:
        _firms("refused").inc(len(answers) + refused - scored)


def add_firms(scored: int, refused: int) -> None:
    """Count the firms of files."""
    _firms("scored").inc(scored)
    _firms("refused").inc(refused)


def exposition() -> bytes:
    """Return all metrics in the text format of Prometheus."""
    if _VARIABLE not in os.environ:
        return bytes(generate_latest())
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return bytes(generate_latest(registry))
