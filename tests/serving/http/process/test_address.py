"""The address of a service: refused if it is taken or open to others, and granted to one service only."""

import socket
import threading

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.process.address import reserve
from tests.serving.http.conftest import free_port

TAKEN = r"^127\.0\.0\.1:{port} cannot be listened on: Address already in use$"


def listening(port: int) -> socket.socket:
    """A socket as a worker has it."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind(("127.0.0.1", port))
    found.listen()
    return found


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_address_of_this_machine_is_free_again_when_it_is_let_go(host):
    port = free_port()
    reserve(host, port, keyed=False).close()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_an_address_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=TAKEN.format(port=port)):
            reserve("127.0.0.1", port, keyed=False)


def test_workers_listen_on_a_held_address_and_another_service_does_not():
    port = free_port()
    with reserve("127.0.0.1", port, keyed=False):
        with pytest.raises(ConfigError, match=TAKEN.format(port=port)):
            reserve("127.0.0.1", port, keyed=False)
        with pytest.raises(ConfigError, match="cannot be listened on"):
            reserve("0.0.0.0", port, keyed=True)  # noqa: S104 - the wider address holds the narrower one
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        with listening(port) as first, listening(port) as second:
            for worker in (first, second):
                worker.settimeout(0.05)
            clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
            assert sum(map(accepted, (first, second))) == 20
            for client in clients:
                client.close()


def accepted(worker: socket.socket) -> int:
    """How many connections a worker finds."""
    count = 0
    while True:
        try:
            worker.accept()[0].close()
        except TimeoutError:
            return count
        count += 1


def test_of_services_that_start_at_once_exactly_one_gets_the_address():
    for _ in range(20):
        port, gate, found = free_port(), threading.Barrier(4), list[socket.socket | None]()

        def start(port: int = port, gate: threading.Barrier = gate, found: list = found) -> None:
            gate.wait()
            try:
                found.append(reserve("127.0.0.1", port, keyed=False))
            except ConfigError:
                found.append(None)

        starting = [threading.Thread(target=start) for _ in range(4)]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        held = [one for one in found if one is not None]
        assert len(held) == 1
        held[0].close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 300])
def test_what_is_no_address(host):
    with pytest.raises(ConfigError, match=f"^{host} is no address of this machine$"):
        reserve(host, free_port(), keyed=False)


def test_others_may_reach_it_only_with_keys():
    port = free_port()
    with pytest.raises(ConfigError, match="can be reached from elsewhere; give --keys"):
        reserve("0.0.0.0", port, keyed=False)  # noqa: S104 - the test is about it
    reserve("0.0.0.0", port, keyed=True).close()  # noqa: S104
