"""The page of threats names tests that there are, for each place that is attacked."""

import re

from tests.conftest import ROOT

PLACES = ("The page", "The API", "Files", "Artefacts", "The registry", "Keys", "Outputs")
ROW = re.compile(r"^\| [^|]+ \| [^|]+ \| `(\S+)::(\S+)` \|$")


def test_each_row_names_a_test_that_there_is():
    page = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    heads = ("| who and what |", "| --- |")
    rows = [line for line in page.splitlines() if line.startswith("|") and not line.startswith(heads)]
    assert len(rows) > 30
    for row in rows:
        match = ROW.match(row)
        assert match is not None, row
        path, name = match.groups()
        assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8"), f"{path} has no test {name}"


def test_every_place_has_its_threats():
    page = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert tuple(parts) == PLACES
    assert [place for place, text in parts.items() if text.count("::test_") < 3] == []
