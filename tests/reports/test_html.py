"""Templates of the HTML pages: everything escaped, and nothing left out in silence."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from littlegiants.reports import wording
from littlegiants.reports.html import COLOURS, environment
from tests.conftest import ROOT

TEMPLATES = ROOT / "reports" / "templates"


@pytest.fixture
def filled():
    """A function that fills a template given as text."""
    return lambda text, **names: environment("littlegiants.reports").from_string(text).render(**names)


def test_values_are_escaped(filled):
    assert filled("<p>{{ name }}</p>", name="<script>&'") == "<p>&lt;script&gt;&amp;&#39;</p>"


def test_a_name_that_is_not_given_is_an_error(filled):
    with pytest.raises(UndefinedError, match="'firms' is undefined"):
        filled("{{ firms }}")


def test_blocks_leave_no_lines(filled):
    assert filled("a\n  {% if true %}\nb\n  {% endif %}\nc\n") == "a\nb\nc\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("percent", 0.123),
        ("signed", -3),
        ("feature_title", "round_overdue"),
        ("visible", "a\x1bb"),
        ("sentence", "grants, and more"),
        ("listed", ["grants", "patents", "rounds"]),
    ],
)
def test_filters_are_the_words_of_the_reports(filled, text, value):
    assert filled(f"{{{{ value | {text} }}}}", value=value) == filled(
        "{{ value }}", value=getattr(wording, text)(value)
    )


def test_every_filter_of_a_template_is_there():
    names = {name for path in TEMPLATES.glob("*.j2") for name in re.findall(r"\|\s*(\w+)", path.read_text("utf-8"))}
    assert names - set(environment("littlegiants.reports").filters) == set()


def test_a_package_has_its_own_templates_first_and_then_the_shared_ones(tmp_path, monkeypatch):
    package = tmp_path / "some_pages"
    (package / "templates").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "templates" / "marks.html.j2").write_text("its own", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = environment("some_pages")
    assert found.get_template("marks.html.j2").render() == "its own"
    shared = Path(str(found.get_template("report.css.j2").filename))
    assert shared.name == "report.css.j2"
    assert shared.parent.parts[-2:] == ("reports", "templates")


@pytest.mark.parametrize("colour", COLOURS.values())
def test_colours_are_those_of_the_style_sheet(colour):
    name = colour.removeprefix("var(").removesuffix(")")
    assert f"{name}: #" in environment("littlegiants.reports").get_template("report.css.j2").render()
