"""What the pages are made of: templates, a style sheet and a script, both under an address that the content gives."""

import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from littlegiants.reports.html import environment

STYLE, SCRIPT = "css", "js"
_PACKAGE = "littlegiants.serving.http.page"


def page(template: str, **values: object) -> str:
    """Return a template filled in."""
    return _environment().get_template(template).render(style=name(STYLE), script=name(SCRIPT), **values)


@cache
def asset(kind: str) -> bytes:
    """Return the style sheet, which begins with that of the report, or the script."""
    own = (files(_PACKAGE) / "static" / f"page.{kind}").read_bytes()
    shared = _environment().get_template("report.css.j2").render().encode() if kind == STYLE else b""
    return shared + own


@cache
def name(kind: str) -> str:
    """Return the name of an asset, which is another one when its content is: it may be kept for ever."""
    return f"page-{hashlib.sha256(asset(kind)).hexdigest()[:12]}.{kind}"


@cache
def _environment() -> Environment:
    return environment(_PACKAGE)
