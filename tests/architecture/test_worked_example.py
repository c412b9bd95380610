"""The worked example prints what it says: its blocks are run, in order, in an empty folder."""

import doctest

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "worked-example.md"


@pytest.mark.slow
def test_every_line_prints_what_the_page_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # An empty line before the closing fence ends what a block prints.
    text = PAGE.read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    if report:
        pytest.fail("".join(report), pytrace=False)
    assert results.attempted > 30
