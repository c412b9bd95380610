"""Figures for Prometheus, added up over all workers; every label has few values, whatever clients send."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from littlegiants.serving.record_scorer import Scored

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
FIRMS = Counter("giants_firms", "Firms asked about, by what they got", ["answer"])
SWAPS = Counter("giants_model_swaps", "Models that came into use in a worker")
REFUSED_MODELS = Counter("giants_models_refused", "Models that a worker refused to use")


def share(run: Path) -> None:
    """Make the folder in which workers add up; to be called before a worker is started."""
    folder = run / FOLDER
    folder.mkdir(exist_ok=True)
    os.environ[_VARIABLE] = str(folder)


def observe(route: str, method: str, status: int, seconds: float) -> None:
    """Count one request; a method that no route has counts as ``other``."""
    _requests(route, method if method in _METHODS else "other", status).inc()
    _seconds(route).observe(seconds)


@cache  # to find a label's figure takes longer than to count
def _requests(route: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(route, method, str(status))


@cache
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


@cache
def _firms(answer: str) -> Counter:
    return FIRMS.labels(answer)


def count_firms(answers: Sequence[Any], refused: int) -> None:
    """Count the answers to one request, and its firms that could not even be asked about."""
    scored = sum(answer.__class__ is Scored for answer in answers)
    _firms("scored").inc(scored)
    if scored < len(answers) or refused:
        _firms("refused").inc(len(answers) + refused - scored)


def exposition() -> bytes:
    """Return all figures as Prometheus reads them."""
    if _VARIABLE not in os.environ:
        return bytes(generate_latest())
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return bytes(generate_latest(registry))
