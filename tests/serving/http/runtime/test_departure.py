"""A worker leaves once all is answered and taken, whoever still holds a connection."""

import asyncio
import socket
import time

from littlegiants.serving.http.runtime.departure import leave, unsent


def test_bytes_that_nobody_has_taken():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        with socket.create_connection(listener.getsockname()) as client, listener.accept()[0] as server:
            assert not unsent()
            client.setblocking(False)
            client.send(b"x" * 1_000_000)
            assert unsent()
            taken = 0
            while unsent():
                taken += len(server.recv(1 << 20))
            assert taken > 0


def test_p02_it_ends_when_nothing_is_being_answered():
    async def run() -> float:
        open_until, ended = time.monotonic() + 0.3, list[float]()
        await leave(lambda: time.monotonic() < open_until, lambda: ended.append(time.monotonic()))
        return ended[0] - open_until

    assert 0.1 < asyncio.run(run()) < 5
