"""Stores on a database server: asked once whether they answer, before MLflow asks."""

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

_SERVERS = ("postgresql", "mysql")
_ANSWER = 10  # seconds


def check_server(address: str) -> None:
    """Connect once to a store that is a database server; any other address is left alone.

    MLflow itself tries ten times, which takes a hundred seconds, before it says that a server does not answer.

    Parameters
    ----------
    address
        Of the store.

    Raises
    ------
    ConnectionError
        If the server does not answer within ten seconds, or refuses the user or the database.
    sqlalchemy.exc.SQLAlchemyError, ImportError
        If the address names a driver that there is not.
    """
    if address.partition("://")[0].partition("+")[0] not in _SERVERS:
        return
    engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": _ANSWER})
    try:
        engine.connect().close()
    except DBAPIError:
        # Its message may hold the password.
        raise ConnectionError("the database server does not answer, or refuses the user or the database") from None
