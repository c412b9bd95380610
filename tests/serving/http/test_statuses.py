"""Every code of the error catalogue, and every limit of the documentation, is provoked with its status.

The application is real, with its model and its limits, which are small here; it runs in this process, without a socket.
"""

import asyncio
import json
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest

from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.serving.http.api.app import App
from littlegiants.serving.http.api.error_catalogue import ERRORS
from littlegiants.serving.http.api.idempotency import fingerprint
from littlegiants.serving.http.auth.key_file import add_key
from littlegiants.serving.http.process.upload_process import _too_heavy
from littlegiants.serving.http.process.upload_work import ModelCache, answer_task
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.runtime import logs
from littlegiants.serving.http.runtime.kept_answers import Slot
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.pointer import Pointer, point
from littlegiants.serving.http.runtime.service import Service
from littlegiants.serving.http.runtime.settings import Settings
from littlegiants.serving.http.runtime.upload_tasks import READY, UploadAnswer, UploadTask, framed, read_framed
from tests.conftest import ROOT
from tests.models import forging
from tests.serving.http import declared
from tests.serving.http.page.conftest import multipart
from tests.serving.http.runtime.test_upload_client import process
from tests.small_model import AS_OF

SMALL = Limits(body_bytes=9_000, body_seconds=0.05, firms=4, events=5, queued_firms=6, headers=8, header_bytes=500)
LIMITS = {"old": Limits(wait_seconds=-1.0), "slow": msgspec.structs.replace(SMALL, upload_seconds=0.01)}
CODES = [(status, code) for status, (_, codes, _) in ERRORS.items() for code in codes.split()]
ROW = re.compile(r"^\| (?P<limit>[^|]+) \| (?P<status>\d{3}) \| `(?P<code>\w+)` \|$", re.MULTILINE)
NEVER = object()  # a body that does not come


@dataclass(frozen=True)
class Ask:
    """One request, and which of the services is asked."""

    body: Any = b"{}"
    head: Mapping[str, str] = field(default_factory=dict)
    path: str = "/v1/score"
    method: str = "POST"
    of: str = "plain"
    twice: tuple[str, str] | None = None  # a header that stands there once more


def firms(*some: dict, **more: object) -> bytes:
    return json.dumps({"as_of_date": str(AS_OF), "firms": some, **more}).encode()


def form(files: Mapping[str, bytes], **fields: str) -> Ask:
    boundary, body = multipart(files, fields)
    head = {"content-type": f"multipart/form-data; boundary={boundary}", "content-length": str(len(body))}
    return Ask(body, head)


def infer(**changes: object) -> Ask:
    tensor = {"name": "firm", "datatype": "BYTES", "shape": [1], "data": ['{"firm_id": "a"}']}
    body = {"inputs": [tensor], **changes}
    return Ask(json.dumps(body).encode(), path="/v2/models/littlegiants/infer")


CSV = {"firms.csv": b"firm_id,country\na,CN\n"}
ROUND = {"announced_on": "2020-01-01", "kind": "seed"}
ASKS: dict[str, Ask] = {
    "ambiguous_length": Ask(head={"content-length": "2", "transfer-encoding": "chunked"}),
    "malformed_host": Ask(head={"host": "a b"}),
    "malformed_idempotency_key": Ask(head={"idempotency-key": "a b"}),
    "malformed_json": Ask(b"{"),
    "malformed_length": Ask(head={"content-length": "1x"}),
    "malformed_text": Ask(b'{"\xff": 1}'),
    "nothing_sent": form({}),
    "repeated_header": Ask(twice=("host", "y")),
    "repeated_key": Ask(b'{"firms": [], "firms": []}'),
    "too_deep": Ask(b"[" * 5_000),
    "no_key": Ask(of="keyed"),
    "foreign_site": Ask(**{**vars(form(CSV)), "head": {**form(CSV).head, "sec-fetch-site": "cross-site"}}),
    "scope": Ask(of="keyed", head={"authorization": "metrics"}),
    "no_such_model": Ask(path="/v2/models/other", method="GET"),
    "method": Ask(method="PUT"),
    "slow_body": Ask(NEVER),
    "idempotency_conflict": Ask(firms({"firm_id": "b"}), {"idempotency-key": '"known"'}),
    "idempotency_in_progress": Ask(firms({"firm_id": "a"}), {"idempotency-key": '"begun"'}),
    "body_too_large": Ask(b" " * 9_001),
    "upload_too_large": form({"firms.csv": b"firm_id\n" + b"".join(b"f%d\n" % n for n in range(9))}),
    "charset": Ask(head={"content-type": "application/json; charset=latin-1"}),
    "content_encoding": Ask(head={"content-encoding": "gzip"}),
    "content_type": Ask(head={"content-type": "text/csv"}),
    "unsupported_upload": form({"firms.pdf": b"%PDF-1.4"}),
    "as_of_date": Ask(firms({"firm_id": "a"}, as_of_date="1901-01-01")),
    "faulty_rows": Ask(firms({"firm_id": "a", "rounds": [{"round_id": "r", "amount": 5, **ROUND}]})),
    "firms": Ask(firms()),
    "inputs": infer(inputs=[]),
    "invalid_request": Ask(b"[]"),
    "malformed": Ask(firms({"firm_id": 5})),
    "model_expired": Ask(firms({"firm_id": "a"}), of="old"),
    "not_finite": Ask(b'{"firms": [NaN]}'),
    "outputs": infer(outputs=[{"name": "luck"}]),
    "parameters": infer(parameters={"explain": "yes"}),
    "refused": form(CSV, as_of_date="1066-10-14"),
    "too_many_events": Ask(firms({"firm_id": "a", "rounds": [{"round_id": f"{n}", **ROUND} for n in range(6)]})),
    "unreadable_upload": form({"firms.csv": b"", "rounds.csv": b""}),
    "upload_too_slow": replace(form(CSV), of="slow"),
    "upload_too_heavy": replace(form(CSV), of="heavy"),
    "interrupted": replace(form(CSV), of="interrupted"),
    "stopping": replace(form(CSV), of="stopping"),
    "rate": Ask(of="keyed", head={"authorization": "slow"}),
    "header_too_large": Ask(head={"x-long": "x" * 501}),
    "too_many_headers": Ask(head={f"x-{n}": "" for n in range(8)}),
    "failed": Ask(of="broken"),
    "no_model": Ask(of="empty"),
    "overloaded": Ask(firms({"firm_id": "a"}, as_of_date="2021-06-30"), of="old"),
}


def answered(work: Callable[[UploadTask], UploadAnswer]) -> Callable[[socket.socket], None]:
    """What a process for uploads says on a connection."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(READY)
        connection.sendall(framed(work(read_framed(connection, UploadTask))))

    return serve


def ended_late(connection: socket.socket) -> None:
    """Say what a process says that the system ends when its time is over."""
    connection.sendall(READY)
    read_framed(connection, UploadTask)
    time.sleep(0.05)


def silent(connection: socket.socket) -> None:
    """Say nothing until the other side leaves."""
    connection.recv(1)


PROCESSES: dict[str, Callable[[socket.socket], None]] = {
    "plain": answered(lambda task: answer_task(task, ModelCache())),
    "slow": ended_late,
    "heavy": answered(_too_heavy),
    "interrupted": lambda connection: connection.sendall(READY),
    "stopping": silent,
}


@pytest.fixture(scope="module")
def provoke(artefact, tmp_path_factory) -> Iterator[Callable[[Ask], tuple[int, dict, dict]]]:
    """A function that asks and returns the status, the problem and the headers of the answer."""
    folder = tmp_path_factory.mktemp("statuses")
    shutil.copytree(artefact, folder / "aged")
    dates = forging.manifest_of(folder / "aged")["dates"]
    forging.sign(folder / "aged", dates=dates | {"test": "2020-12-31"})
    keys = folder / "keys.json"
    tokens = {
        "metrics": add_key(keys, "metrics", ["metrics"], 1_000),
        "slow": add_key(keys, "slow", ["score"], 1),
    }
    services, apps, log = {}, {}, Log()
    for name in ("plain", "old", "keyed", "empty", "broken", "slow", "heavy", "interrupted", "stopping"):
        run = folder / name
        run.mkdir()
        services[name] = Service(
            Settings(str(run), keys=str(keys) if name == "keyed" else None, limits=LIMITS.get(name, SMALL))
        )
        apps[name] = App(services[name], log)
    for name in PROCESSES:
        point(folder / name, Pointer(str(artefact), "", ""))
    point(folder / "old", Pointer(str(folder / "aged"), "", ""))
    services["broken"].keys = NEVER  # type: ignore[assignment]
    with asyncio.Runner() as runner, ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        stderr = stack.enter_context((folder / "stderr").open("wb"))
        patch.setattr(logs, "_STDERR", stderr.fileno())
        stack.callback(log.close)
        for name in (*PROCESSES, "old"):
            runner.run(services[name].start())
        for name, serve in PROCESSES.items():
            stack.enter_context(process(folder / name, serve))
        runner.run(_stopped(services["stopping"]))

        def ask(request: Ask) -> tuple[int, dict, dict]:
            head = {"host": "x", "content-type": "application/json", **request.head}
            if "authorization" in head:
                head["authorization"] = f"Bearer {tokens[head['authorization']]}"
            return runner.run(_answer(apps[request.of], request, head))

        ask(Ask(firms({"firm_id": "a"}), {"idempotency-key": '"known"'}))
        services["plain"].kept.begin(
            Slot("", b"begun", fingerprint("/v1/score", [ASKS["idempotency_in_progress"].body]))
        )
        ask(Ask(of="keyed", head={"authorization": "slow"}))
        yield ask
        for name in (*PROCESSES, "old"):
            runner.run(services[name].stop())


async def _stopped(service: Service) -> None:
    service.uploads.stop(0)


async def _answer(app: App, request: Ask, head: Mapping[str, str]) -> tuple[int, dict, dict]:
    fields = [(name.encode(), value.encode()) for name, value in head.items()]
    if request.twice:
        fields.append((request.twice[0].encode(), request.twice[1].encode()))
    scope = {"type": "http", "path": request.path, "method": request.method, "headers": fields, "http_version": "1.1"}
    sent: list[Any] = []
    waits = [{"type": "http.request", "body": b"" if request.body is NEVER else request.body}]

    async def receive() -> Any:
        if request.body is NEVER or not waits:
            await asyncio.sleep(60)
        return waits.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**scope, "query_string": b"", "raw_path": request.path.encode()}, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    declared.check(request.method, request.path, sent[0]["status"], headers, body)
    return sent[0]["status"], json.loads(body), headers


@pytest.mark.parametrize(("status", "code"), CODES)
def test_every_code_of_the_catalogue_is_reached(provoke, status, code):
    answer, problem, headers = provoke(ASKS[code])
    assert (answer, problem["code"], problem["status"]) == (status, code, status), problem
    assert headers["content-type"] == "application/problem+json"
    again = ("rate", "overloaded", "no_model", "idempotency_in_progress", "interrupted", "stopping")
    assert (code in again) == ("retry-after" in headers)


def test_nothing_is_provoked_that_the_catalogue_lacks():
    assert sorted(ASKS) == sorted(code for _, code in CODES)


def test_every_limit_of_the_documentation_is_provoked_and_has_its_number():
    page = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
    table = page.split("## Limits")[1].split("\n## ")[0]
    rows = [match.groupdict() for match in ROW.finditer(table)]
    assert len(rows) >= 12
    assert [row for row in rows if (int(row["status"]), row["code"]) not in CODES] == []
    written = " ".join(row["limit"] for row in rows).replace(",", "")
    numbers = {int(number) for number in re.findall(r"\d+", written)}
    limits = Limits()
    for name in (
        *("body_bytes", "body_seconds", "bodies_bytes", "firms", "events"),
        *("queued_firms", "wait_seconds", "headers", "header_bytes"),
    ):
        assert int(getattr(limits, name)) in numbers, name


def test_more_bodies_than_a_worker_may_hold_are_503():
    reading = Reading(Limits(bodies_bytes=10))
    reading.more(10)
    with pytest.raises(Exception, match="too many large bodies") as caught:
        reading.more(1)
    assert (caught.value.status, caught.value.code) == (503, "overloaded")  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/v1/score/", "/v1/model/", "//evil.example/", "/health/live/", "/v2/"])
def test_no_redirect_is_made_of_a_head(provoke, path):
    head = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "javascript"}
    status, problem, headers = provoke(Ask(path=path, method="GET", head=head))
    assert (status, problem["code"]) == (404, "no_such_path")
    assert "location" not in headers
    assert "evil" not in json.dumps([problem, headers])


def test_the_model_of_the_test_is_the_one_in_use(provoke, artefact):
    status, manifest, _ = provoke(Ask(path="/v1/model", method="GET"))
    assert (status, manifest["digest"]) == (200, read_artefact(artefact).manifest.digest)
