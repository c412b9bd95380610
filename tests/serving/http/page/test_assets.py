"""The style sheet and the script: named by their content, nothing in them that asks elsewhere."""

import hashlib
import re

import pytest

from littlegiants.reports.html import environment
from littlegiants.serving.http.page.assets import SCRIPT, STYLE, asset, name


@pytest.mark.parametrize("kind", [STYLE, SCRIPT])
def test_name_is_that_of_the_content(kind):
    assert name(kind) == f"page-{hashlib.sha256(asset(kind)).hexdigest()[:12]}.{kind}"


def test_style_begins_with_that_of_the_report():
    shared = environment("littlegiants.reports").get_template("report.css.j2").render()
    assert asset(STYLE).decode().startswith(shared)
    assert len(asset(STYLE)) > len(shared.encode())


@pytest.mark.parametrize("kind", [STYLE, SCRIPT])
def test_nothing_is_asked_for_from_anywhere(kind):
    text = asset(kind).decode()
    assert not re.findall(r"https?:|@import|url\(|fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML", text)
