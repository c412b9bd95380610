"""The table of cases names tests that there are, and every case that has a test."""

import re

from tests.conftest import ROOT

CASE = re.compile(r"^def test_([a-z][0-9][0-9])_", re.MULTILINE)


def test_every_test_that_the_table_names_is_there_and_every_case_is_in_the_table():
    table = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([A-Z][0-9]{2}) \|.*`(\S+)::(\S+)` \|$", table, re.MULTILINE)
    for case, path, name in listed:
        source = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert name.startswith(f"test_{case.lower()}_")
        assert f"\ndef {name}(" in source, f"{path} has no test {name}"
    tried = {
        case.upper()
        for path in (ROOT / "tests" / "faults").glob("test_*.py")
        for case in CASE.findall(path.read_text("utf-8"))
    }
    assert tried <= {case for case, *_ in listed}
