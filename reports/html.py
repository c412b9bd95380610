"""Shared by the HTML pages: the template environment, and the colours of a figure within a page."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from littlegiants.reports import wording
from littlegiants.reports.palette import ACCENT, INK, QUIET

SUFFIXES = (".html", ".htm")
COLOURS = {ACCENT: "var(--accent)", QUIET: "var(--line-strong)", INK: "var(--ink)"}


def environment(package: str) -> Environment:
    """Return the template environment of a package: every value is escaped, and a missing name is an error.

    Parameters
    ----------
    package
        Templates come from its folder ``templates`` first, then from the one beside this module.
    """
    found = Environment(
        autoescape=True,
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("littlegiants.reports")]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {
        "day": wording.day,
        "listed": wording.listed,
        "number": wording.number,
        "percent": wording.percent,
        "points_of_percent": wording.points_of_percent,
        "sentence": wording.sentence,
        "feature_title": wording.feature_title,
        "signed": wording.signed,
        "visible": wording.visible,
    }
    return found
