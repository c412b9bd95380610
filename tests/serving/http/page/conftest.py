"""The page as a browser meets it: its routes in a real server, over a real model, and a portfolio as files."""

import asyncio
import io
import socket
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

import pandas as pd
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette

from littlegiants.serving.http.page import routes
from littlegiants.serving.http.process.upload_work import answer_with
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.limits import Limits as ServiceLimits
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.upload_tasks import SentFile, UploadAnswer, UploadTask
from littlegiants.serving.scorer import Scorer


@dataclass
class Limits:
    body_bytes: int = 10_000_000
    body_seconds: float = 10.0
    firms: int = 2_000


@dataclass
class Service:
    """What the page needs of the service: a scorer, which a test may exchange, and limits.

    Uploads are answered in a thread, so that a test may use any scorer.
    """

    scorer: Scorer
    limits: Limits = field(default_factory=Limits)
    reading: Reading = field(default_factory=lambda: Reading(ServiceLimits()))

    def current(self) -> Scorer:
        return self.scorer

    async def answer_upload(self, form, files, as_of, explain=False, simulated=False, ignored=()) -> UploadAnswer:
        sent = tuple(SentFile(file.name, file.file.read()) for file in files)
        bounds = self.limits.firms, 60.0, 1 << 40
        task = UploadTask(form, sent, as_of, "", "", *bounds, explain, simulated, ignored)
        answer = await asyncio.to_thread(answer_with, task, self.current)
        if answer.status != 200:
            raise Problem(answer.status, answer.code, answer.message, answer.where)
        return answer


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Client:
    """Speaks HTTP to a server on this machine."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | Iterator[bytes] = b"", **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            found = connection.getresponse()
            return Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        finally:
            connection.close()

    def send(self, files: Mapping[str, bytes], as_of: str = "", path: str = "/portfolio", **fields: str) -> Answer:
        boundary, body = multipart(files, {"as_of_date": as_of, **fields})
        return self.ask("POST", path, body, Content_Type=f"multipart/form-data; boundary={boundary}")


def multipart(files: Mapping[str, bytes], fields: Mapping[str, str]) -> tuple[str, bytes]:
    """A form as a browser sends it: its boundary, and its body."""
    boundary = uuid.uuid4().hex
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [(f'name="files"; filename="{name}"', content) for name, content in files.items()]
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return boundary, body + f"--{boundary}--\r\n".encode()


def as_csv(frames: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    return {f"{name}.csv": frame.to_csv(index=False).encode() for name, frame in frames.items()}


def as_parquet(frames: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    return {f"{name}.parquet": frame.to_parquet(index=False) for name, frame in frames.items()}


def as_workbook(frames: Mapping[str, pd.DataFrame], name: str = "Fund II.xlsx") -> dict[str, bytes]:
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        for sheet, frame in frames.items():
            frame.to_excel(writer, sheet_name=sheet, index=False)
    return {name: file.getvalue()}


@contextmanager
def served(service: Service) -> Iterator[Client]:
    """The page in a server of its own, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = Starlette(routes=routes(service))
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGI, log_enabled=False)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    try:
        _wait(port)
        yield Client(port)
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join(30)
        loop.close()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on {port}")


@pytest.fixture(scope="session")
def scorer(model) -> Scorer:
    return Scorer(model)


@pytest.fixture(scope="package")
def client(scorer) -> Iterator[Client]:
    with served(Service(scorer)) as found:
        yield found
