"""Packages that cost nothing to import: a public name is loaded from its module when it is first used."""

from collections.abc import Callable, Mapping
from importlib import import_module


def loader(package: str, public: Mapping[str, str]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package (PEP 562).

    Parameters
    ----------
    package
        Its ``__name__``.
    public
        For each module, by its dotted name within the package, the public names it holds, separated by spaces.

    Examples
    --------
    >>> find = loader("littlegiants.ingest", {"errors": "ConfigError TableError"})
    >>> find("TableError").exit_code
    5
    >>> find("TabelError")
    Traceback (most recent call last):
        ...
    AttributeError: module 'littlegiants.ingest' has no attribute 'TabelError'
    """
    homes = {name: module for module, names in public.items() for name in names.split()}

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find
