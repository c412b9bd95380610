"""Layouts of known exports, each one declaration in ``layouts/``: a mapping, and the columns it is recognised by."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from littlegiants.ingest.mapping.mapping import SheetRule
from littlegiants.ingest.mapping.mapping_file import from_toml
from littlegiants.ingest.sources.common.headers import plain


@cache
def layouts() -> tuple[SheetRule, ...]:
    """Return the layouts, those with most columns to recognise first."""
    folder = files("littlegiants.ingest.mapping") / "layouts"
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    rules = [rule for path in paths for rule in from_toml(path.read_text(encoding="utf-8"), path.name).sheet]
    return tuple(sorted(rules, key=lambda rule: -len(rule.headers)))


def recognise(names: Iterable[str]) -> SheetRule | None:
    """Return the layout of a sheet with these columns, in either row of its header; None if none is known.

    Examples
    --------
    >>> recognise(["Company ID", "Companies", "First Financing Date", "Last Financing Date", "HQ Location"]).title
    'PitchBook companies'
    """
    had = set(map(plain, names))
    return next((rule for rule in layouts() if rule.headers and {plain(name) for name in rule.headers} <= had), None)


@cache
def layout_headers() -> frozenset[str]:
    """Return the names of all columns that a layout reads or is recognised by, as they are compared."""
    return frozenset(plain(name) for rule in layouts() for name in (*rule.headers, *rule.named()))
