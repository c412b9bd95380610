"""What the HTML pages share: how templates are filled, and the colours of a figure within a page."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from littlegiants.models.figures import ACCENT, INK, QUIET
from littlegiants.serving import wording

SUFFIXES = (".html", ".htm")
COLOURS = {ACCENT: "var(--accent)", QUIET: "var(--line-strong)", INK: "var(--ink)"}


def environment() -> Environment:
    """Return where templates are filled: everything is escaped, and a name that is not given is an error."""
    found = Environment(
        autoescape=True,
        loader=PackageLoader("littlegiants.serving"),
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
        "signal": wording.signal,
        "signed": wording.signed,
        "visible": wording.visible,
    }
    return found
