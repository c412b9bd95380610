"""What commands print: aligned, balanced, one object for machines."""

import json
from datetime import date

import pytest

from littlegiants.cli.output import aligned, balance, counts, parse_date, show, steps, sums
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.quarantine import Reconciliation

FIRMS = Reconciliation("firms", 12_345, 12_345, 0, {})
GRANTS = Reconciliation("grants", 100, 97, 3, {"orphan_event": 1, "negative_amount": 2}, ("colour", "size"))


def test_balance_of_every_table():
    assert balance([FIRMS, GRANTS]) == [
        "firms  12,345 read = 12,345 used + 0 quarantined",
        "grants    100 read =     97 used + 3 quarantined negative_amount 2, orphan_event 1",
        "grants: columns that the contract does not know, not used: colour, size",
    ]


def test_sums_are_plain_objects():
    assert json.loads(json.dumps(sums([GRANTS]))) == [
        {
            "table": "grants",
            "read": 100,
            "used": 97,
            "quarantined": 3,
            "by_code": {"orphan_event": 1, "negative_amount": 2},
            "ignored_columns": ["colour", "size"],
        }
    ]


def test_counts_are_by_frequency_and_then_by_name():
    assert counts({"b": 1, "a": 1, "c": 2_000}) == "c 2,000, a 1, b 1"
    assert counts({}) == ""


def test_aligned_lines_have_no_blanks_at_the_end():
    assert aligned([("a", "", "1"), ("bcd", "", "20")], right=[2]) == ["a       1", "bcd    20"]
    assert aligned([("a", ""), ("b", "long")]) == ["a", "b  long"]


def test_result_is_text_or_one_object(capsys):
    show({"name": "Zürich\n"}, ["one", "two"], as_json=False)
    show({"name": "Zürich\n"}, ["one", "two"], as_json=True)
    text, out = capsys.readouterr().out.split("two\n")
    assert text == "one\n"
    assert out.count("\n") == 1
    assert json.loads(out) == {"name": "Zürich\n"}


@pytest.mark.parametrize("as_json", [False, True])
def test_progress_is_for_terminals_only(as_json, capsys):
    with steps(2, as_json) as step:
        step("reading [/etc]")
        step("writing")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("as_json", [False, True])
def test_progress_on_a_terminal_goes_to_stderr_and_away(as_json, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with steps(2, as_json) as step:
        step("reading [/etc]")
        step("writing")
    out, err = capsys.readouterr()
    assert out == ""
    assert ("writing" in err, "\x1b[2K" in err) == (not as_json, not as_json)


def test_date():
    assert parse_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text", ["", "2023-02-29", "2024-2-29", "20240229", "2024-W09-4", "29/02/2024", "２０２４-02-29"]
)
def test_date_in_another_form(text):
    with pytest.raises(ConfigError, match=f"'{text}' is not a date; write it as YYYY-MM-DD"):
        parse_date(text)


def test_columns_are_aligned_as_a_terminal_shows_them():
    assert aligned([("江苏", "1"), ("Hunan", "22")], right=[1]) == ["江苏    1", "Hunan  22"]
