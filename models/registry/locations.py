"""Where a registry may keep a model's files: on its own host, or at a location that was allowed beforehand.

A registry's answer is data. Without this check, anybody who can write to the registry could make a service read this
machine's files, or send requests to hosts that only this machine can reach.
"""

import os
import re
from collections.abc import Set as AbstractSet
from urllib.parse import SplitResult, unquote, urlsplit

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.artefact.integrity import shown

ALLOWED = "LITTLEGIANTS_ARTEFACT_HOSTS"
_PORTS = {"http": 80, "https": 443}
# The scheme of files that the tracking server itself hands out.
_PROXIED = "mlflow-artifacts"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


def allowed_locations() -> frozenset[str]:
    """Return the locations named in `ALLOWED`, separated by commas: ``host``, ``host:port`` or ``s3://bucket``."""
    named = os.environ.get(ALLOWED, "").lower().split(",")
    return frozenset(place.strip().rstrip("/") for place in named if place.strip())


def check_location(location: str, store: str, allowed: AbstractSet[str] = frozenset()) -> None:
    """Refuse a location that a registry names for a model's files, before any request goes there.

    Parameters
    ----------
    location
        As the registry gives it.
    store
        The store's own address. One behind a server names no files of this machine; a database beside its files does.
    allowed
        See `allowed_locations`.

    Raises
    ------
    RegistryError
        If it is another host than the store's, another way of reaching files, or a path that leaves its folder.
    """
    try:
        place, own = urlsplit(location), urlsplit(store)
        names, its = _names(place, own), _names(own, own)
    except ValueError:
        raise RegistryError(f"the registry names no place that could be asked for files: {shown(location)!r}") from None
    if _leaves(location, place):
        raise RegistryError(f"the registry names a path that leaves its folder: {shown(place.path)!r}")
    served = own.scheme.lower() in _PORTS
    if place.scheme.lower() in ("", "file"):
        if served or place.netloc not in ("", "localhost"):
            raise RegistryError("the registry names files of this machine; a server's files are asked of the server")
        return
    same = served and (names[0] == its[0] or (place.scheme.lower() == _PROXIED and not place.netloc))
    # A name and a password would be sent to the host.
    if "@" in place.netloc or (not same and allowed.isdisjoint(names)):
        raise RegistryError(
            f"the registry sends us to {shown(names[0])!r} for files, which is neither the store's own host nor named "
            f"in {ALLOWED}"
        )


def plain_name(listed: str, folder: str) -> str:
    """Return the name of a file that a registry lists in a folder.

    Raises
    ------
    RegistryError
        If it is no plain name: with a separator, an escape or a scheme in it, hidden, or of another folder.
    """
    name = listed.removeprefix(f"{folder}/")
    if not listed.startswith(f"{folder}/") or not _PLAIN.fullmatch(name):
        raise RegistryError(f"the registry lists {shown(listed)!r}, which is no plain name of a file in {folder}")
    return name


def _names(place: SplitResult, own: SplitResult) -> tuple[str, ...]:
    """Return the names that a location may have in `ALLOWED`, its full name with scheme and port first."""
    # Files that a tracking server hands out are fetched by the scheme of the server's own address.
    scheme = own.scheme.lower() if place.scheme.lower() == _PROXIED else place.scheme.lower()
    host, usual = (place.hostname or "").lower(), _PORTS.get(scheme)
    port = place.port or usual
    if port is None:
        return (f"{scheme}://{host}",)
    full = f"{host}:{port}"
    return (f"{scheme}://{full}", full, *((host, f"{scheme}://{host}") if port == usual else ()))


def _leaves(location: str, place: SplitResult) -> bool:
    # Some servers and clients undo escapes twice; a query or a fragment would swallow what is appended.
    plain = unquote(unquote(place.path))
    odd = "\\" in plain or any(not char.isprintable() for char in unquote(location))
    return odd or ".." in plain.split("/") or bool(place.query or place.fragment) or location.endswith(("?", "#"))
