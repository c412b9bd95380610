"""Assets of the pages: templates, and a style sheet and a script whose addresses contain a hash of their content."""

import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from littlegiants.reports.html import environment

STYLE, SCRIPT = "css", "js"
_PACKAGE = "littlegiants.serving.http.page"


def page(template: str, **values: object) -> str:
    """Return a rendered template."""
    return _environment().get_template(template).render(style=name(STYLE), script=name(SCRIPT), **values)


@cache
def asset(kind: str) -> bytes:
    """Return the script, or the style sheet, which begins with the one of the report."""
    own = (files(_PACKAGE) / "static" / f"page.{kind}").read_bytes()
    shared = _environment().get_template("report.css.j2").render().encode() if kind == STYLE else b""
    return shared + own


@cache
def name(kind: str) -> str:
    """Return the name of an asset. It changes with the content, so a browser may cache the asset for ever."""
    return f"page-{hashlib.sha256(asset(kind)).hexdigest()[:12]}.{kind}"


@cache
def _environment() -> Environment:
    return environment(_PACKAGE)
