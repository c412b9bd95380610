"""A worker's view of the processes for uploads, which are threads here that say what a process may say."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.upload_client import ROOM, UploadClient
from littlegiants.serving.http.runtime.upload_tasks import (
    READY,
    UploadAnswer,
    UploadTask,
    framed,
    read_framed,
    socket_address,
)

TASK = UploadTask("scores", (), date(2025, 12, 31), "", "", 500, 0.2, 1)


@contextmanager
def process(folder: Path, serve: Callable[[socket.socket], None]) -> Iterator[UploadClient]:
    """Something that serves connections one after the other, and a client of it."""
    with socket.socket(socket.AF_UNIX) as listener:
        with socket_address(folder) as address:
            listener.bind(address)
        listener.listen()

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield UploadClient(folder)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def answering(answer: UploadAnswer) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.sendall(READY)
        read_framed(connection, UploadTask)
        connection.sendall(framed(answer))

    return serve


async def problem(client: UploadClient, task: UploadTask = TASK) -> tuple[int, str]:
    with pytest.raises(Problem) as raised:
        await client.answer(task)
    return raised.value.status, raised.value.code


def test_an_answer(tmp_path):
    with process(tmp_path, answering(UploadAnswer(b"scores", 2, 1))) as client:
        assert asyncio.run(client.answer(TASK)) == UploadAnswer(b"scores", 2, 1)


def test_a_problem_is_raised_with_all_that_is_known(tmp_path):
    said = UploadAnswer(status=503, code="no_model", message="come again", where="files")
    with process(tmp_path, answering(said)) as client, pytest.raises(Problem, match="come again") as raised:
        asyncio.run(client.answer(TASK))
    assert (raised.value.status, raised.value.where, raised.value.headers) == (503, "files", {"retry-after": "1"})


def test_a_process_that_ends_or_is_silent(tmp_path):
    def end(connection: socket.socket) -> None:
        connection.sendall(READY)

    def sleep(connection: socket.socket) -> None:
        connection.sendall(READY)
        connection.settimeout(TASK.seconds + 0.1)
        read_framed(connection, UploadTask)
        with pytest.raises(TimeoutError):
            connection.recv(1)

    for number, (serve, expected) in enumerate([(end, (503, "interrupted")), (sleep, (413, "upload_too_slow"))]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with process(folder, serve) as client:
            assert asyncio.run(problem(client)) == expected


def test_without_a_process(tmp_path):
    assert asyncio.run(problem(UploadClient(tmp_path))) == (503, "overloaded")


def test_p02_when_the_service_stops_what_is_not_answered_in_time_is_refused(tmp_path):
    async def stopped(client: UploadClient) -> list[tuple[int, str]]:
        waiting = [asyncio.create_task(problem(client)) for _ in range(ROOM)]
        await asyncio.sleep(0.05)
        beyond = await problem(client)
        client.stop(0.05)
        return [beyond, *await asyncio.gather(*waiting), await problem(client)]

    over = threading.Event()
    with process(tmp_path, lambda _: (over.wait(20), None)[1]) as client:
        found = asyncio.run(asyncio.wait_for(stopped(client), 10))
        over.set()
    assert found == [(503, "overloaded"), *[(503, "stopping")] * (ROOM + 1)]
