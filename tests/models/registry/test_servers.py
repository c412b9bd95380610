"""A store on a database server is asked once, and what it says is one line without a password."""

import socket
import threading

import pytest
from sqlalchemy.exc import SQLAlchemyError

from littlegiants.models.registry.servers import check_server


def test_a_server_that_refuses_is_tried_once_only():
    connections = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.append(connection.getpeername())
                connection.close()

        refusing = threading.Thread(target=refuse)
        refusing.start()
        with pytest.raises(ConnectionError, match="does not answer, or refuses") as caught:
            check_server(f"postgresql+psycopg://user:pa55word@127.0.0.1:{listener.getsockname()[1]}/db")
        listener.shutdown(socket.SHUT_RDWR)
        refusing.join()
    assert len(connections) == 1
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["sqlite:////nowhere/mlflow.db", "http://127.0.0.1:1", "data", "databricks", "file:///nowhere"]
)
def test_other_stores_are_left_alone(address):
    check_server(address)


def test_a_driver_that_is_not_there_is_named_by_the_caller():
    with pytest.raises((SQLAlchemyError, ImportError)):
        check_server("mysql+nodriver://user@127.0.0.1:1/db")
