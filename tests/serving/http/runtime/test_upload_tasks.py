"""Tasks and answers on their way between a worker and a process for uploads."""

import socket
import threading
from datetime import date

import pytest

from littlegiants.serving.http.runtime.upload_tasks import (
    SentFile,
    UploadAnswer,
    UploadTask,
    framed,
    read_framed,
    socket_address,
)


def test_a_large_task_arrives_as_it_was_sent():
    sent = UploadTask(
        "page", (SentFile("a\0b.csv", bytes(range(256)) * 8_000),), date(2025, 12, 31), "m", "d", 5, 1.5, 7
    )
    client, server = socket.socketpair()
    with client, server:
        sending = threading.Thread(target=client.sendall, args=(framed(sent),))
        sending.start()
        assert read_framed(server, UploadTask) == sent
        sending.join()


def test_half_a_task_is_an_end():
    client, server = socket.socketpair()
    with server:
        client.sendall(framed(UploadAnswer(b"scores"))[:-3])
        client.close()
        with pytest.raises(ConnectionError, match="has ended"):
            read_framed(server, UploadAnswer)


@pytest.mark.parametrize("length", [1, 90])
def test_an_address_is_short_enough_whatever_the_path(tmp_path, length):
    folder = tmp_path / ("f" * length)
    folder.mkdir()
    with socket_address(folder) as address, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        with socket_address(folder) as again, socket.socket(socket.AF_UNIX) as client:
            client.connect(again)
    assert [path.name for path in folder.iterdir()] == ["uploads"]
