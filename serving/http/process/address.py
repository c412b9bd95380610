"""The address of the service, held from its start to its end, so that no second service listens on it."""

import ipaddress
import socket
import sys
from contextlib import suppress

from littlegiants.ingest.errors import ConfigError


def reserve(host: str, port: int, keyed: bool) -> socket.socket:
    """Return a socket that holds an address without listening; the address is free again when it is closed.

    Each worker listens by itself (``SO_REUSEPORT``), which alone would let the workers of two services share a port. So
    the address is tried without that option, which the system grants to one socket only, and the option is set
    afterwards, for the workers.

    Parameters
    ----------
    host, port
        The address.
    keyed
        Whether requests need a key. Without keys, an address that other machines reach is refused.

    Raises
    ------
    ConfigError
        If the address is none of this machine, is taken, or needs keys; the message names it.
    """
    where = f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConfigError(f"{host} is no address of this machine") from None
    if not keyed and not all(ipaddress.ip_address(str(item[4][0])).is_loopback for item in found):
        raise ConfigError(f"{where} can be reached from elsewhere; give --keys, so that not everyone may ask")
    family, kind, protocol, _, address = found[0]
    held = socket.socket(family, kind, protocol)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(address)
        # Two sockets may be bound to one address until one of them listens; the system grants that to one.
        held.listen()
    except OSError as error:
        held.close()
        raise ConfigError(f"{where} cannot be listened on: {error.strerror}") from None
    if sys.platform == "linux":
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        with suppress(OSError):
            held.shutdown(socket.SHUT_RD)  # it stays bound, and no connection comes to it
    else:
        held.close()  # elsewhere the workers share one socket, which the system grants to one service
    return held
