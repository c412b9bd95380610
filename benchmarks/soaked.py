"""What `soak.py` puts under load: two models of one economy, requests with the answers of the library, the service."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import psutil
from hostile import posted

from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.scoring.record_scorer import RecordScorer, Scored
from littlegiants.serving.http.process.upload_process import NAME
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate

AS_OF = date(2025, 12, 31)  # the last day of the simulated economy
_NUMBERS = {Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE}
_SETTINGS = {"dates": {"fit_dates": 2}, "min_subsidised": 50}
_UP_WITHIN = 90.0


@dataclass(frozen=True, slots=True)
class Case:
    """A request to score, and the whole body of the answer by the version of the model."""

    request: bytes
    answers: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class EvaluationWindow:
    """Two artefacts, and requests of one firm each."""

    models: tuple[Path, Path]
    versions: tuple[str, str]
    cases: list[Case]


def training_window(folder: Path, firms: int) -> EvaluationWindow:
    """Simulate an economy, train two models on it, and ask the library about every firm at risk."""
    from littlegiants.ingest.readers.read import read_tables

    data = folder / "data"
    simulate(data, firms=firms, seed=11)
    tables = read_tables(data)
    models = (folder / "first", folder / "second")
    for path, trees in zip(models, (200, 120), strict=True):
        booster = {"trees": trees, "leaf_firms": 15, "threads": 1}
        config = TrainConfig.model_validate({**_SETTINGS, "booster": booster})
        write_artefact(train(tables, config, measured=False).model, path)
    read = [read_artefact(path) for path in models]
    return EvaluationWindow(
        models, (read[0].version, read[1].version), _cases(data, [RecordScorer.of(m) for m in read])
    )


def _cases(data: Path, scorers: list[RecordScorer]) -> list[Case]:
    firm_records = _portfolio_records(data)
    records = msgspec.json.decode(msgspec.json.encode(firm_records), type=list[FirmRecord])
    scored = [scorer.score(records, AS_OF) for scorer in scorers]
    cases = []
    for place, firm in enumerate(firm_records):
        results = [answers[place] for answers in scored]
        if all(isinstance(result, Scored) for result in results):
            body = msgspec.json.encode({"as_of_date": AS_OF.isoformat(), "firms": [firm]})
            asked = zip(scorers, results, strict=True)
            cases.append(
                Case(posted(body), {result.model_version: _answer(scorer, result) for scorer, result in asked})
            )
    return cases


def _answer(scorer: RecordScorer, result: Scored) -> bytes:
    label = scorer.model.manifest.label
    said = {
        "model_version": result.model_version,
        "outcome": label.outcome,
        "timespan": label.timespan,
        "as_of_date": AS_OF.isoformat(),
        "results": [result],
        "repeated": [],
    }
    return msgspec.json.encode(said)


def _portfolio_records(data: Path) -> list[dict[str, Any]]:
    """Return the firms of a folder of CSV tables as the JSON of a request."""
    firms = {row["firm_id"]: row | {name: [] for name in EVENT_TABLES} for row in _rows(data, "firms")}
    for name in EVENT_TABLES:
        for row in _rows(data, name):
            firms[row.pop("firm_id")][name].append(row)
    return list(firms.values())


def _rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    for row in pd.read_csv(data / f"{name}.csv", dtype="str", keep_default_na=False).to_dict("records"):
        yield {str(key): _typed(text, kinds.get(str(key))) for key, text in row.items() if text != ""}


def _typed(text: str, kind: Kind | None) -> Any:
    return float(text) if kind in _NUMBERS else text.split(";") if kind is Kind.LIST else text


@dataclass(frozen=True, slots=True)
class Running:
    """``giants serve``, running."""

    process: subprocess.Popen[bytes]
    port: int

    def resident(self) -> int:
        """Return the resident bytes of the service and its processes, but for those that read files."""
        own, total = psutil.Process(self.process.pid), 0
        for process in (own, *own.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss if process.name() != NAME else 0
        return total


@contextmanager
def served(model: Path, workers: int) -> Iterator[Running]:
    """Run the service until the block ends, which may have ended it before."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port = int(some.getsockname()[1])
    giants = str(Path(sys.executable).with_name("giants"))
    command = [giants, "serve", "--model", str(model), "--port", str(port), "--workers", str(workers)]
    log = model.parent / f"serve-{port}.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=os.environ, cwd=model.parent)
    try:
        end = time.monotonic() + _UP_WITHIN
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"the service does not come up: {log.read_text(encoding='utf-8')[-2_000:]}")
            time.sleep(0.1)
        yield Running(process, port)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
