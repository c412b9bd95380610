"""The page as ``giants serve`` serves it, beside the API."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from littlegiants.ingest.files.frames import to_csv
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.serving.http.page import example
from littlegiants.serving.uploaded_tables import read_upload
from tests.reports.test_portfolio_report import Page
from tests.serving.http.page.conftest import Client

START = "from littlegiants.cli import main; main()"


@pytest.fixture(scope="module")
def service(model, tmp_path_factory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("served") / "model"
    write_artefact(model, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = Client(free.getsockname()[1])
    command = [sys.executable, "-c", START, "serve", "--model", str(folder), "--port", str(client.port)]
    process = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(client, process)
        yield client
    finally:
        process.terminate()
        process.wait(30)


def wait(client: Client, process: subprocess.Popen) -> None:
    for _ in range(600):
        assert process.poll() is None, "giants serve ended"
        with suppress(ConnectionError):
            if client.ask("GET", "/health/ready").status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("giants serve is not ready")


def test_page_is_there(service):
    page = Page(service.ask("GET", "/").text)
    assert "How likely are these firms to succeed in the market?" in page.text
    assert "Up to 10 MB and 500 firms" in page.text


def test_scores_are_those_of_the_library(service, scorer):
    files = {upload.name: upload.file.read() for upload in example.uploads()}
    answer = service.send(files, example.AS_OF.isoformat(), answer="csv")
    assert answer.status == 200
    assert answer.body == to_csv(scorer.score(read_upload(example.uploads()).tables, example.AS_OF))


def test_result_is_a_page_with_its_policy(service):
    answer = service.ask("POST", "/example")
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Simulated. These firms are made up" in Page(answer.text).text


def status(connection: socket.socket) -> bytes:
    """The status of an answer, read to its end."""
    with connection, connection.makefile("rb") as file:
        return file.read()[9:12]


def test_health_is_answered_while_a_portfolio_is_scored(service):
    # One is scored, four wait, and of so many some are sent away, whichever comes first.
    connections = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(16)]
    request = b"POST /example HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    for connection in connections:
        connection.sendall(request)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        assert service.ask("GET", "/health/live").status == 200
        times.append(time.perf_counter() - start)
    states = [status(connection) for connection in connections]
    assert set(states) == {b"200", b"503"}
    assert states.count(b"200") >= 5
    assert sorted(times)[5] < 0.1
