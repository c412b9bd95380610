"""Markdown made from words of the tables: nothing in them is taken for markup."""

import pytest

from littlegiants.training.reporting.markdown import plain, plain_sentence, table


@pytest.mark.parametrize("mark", "\\`*_[]<>|#")
def test_a_mark_of_markdown_is_escaped(mark):
    assert plain(f"a{mark}b") == f"a\\{mark}b"


def test_other_signs_and_scripts_stay():
    assert plain("Müller & Söhne (深圳), 7 %") == "Müller & Söhne (深圳), 7 %"


def test_what_would_turn_the_direction_of_text_is_shown():
    assert "\u202e" not in plain("a\u202eb")


def test_a_sentence_keeps_its_spaces():
    assert plain_sentence("the table *rounds* of  <b>") == "the table \\*rounds\\* of  \\<b\\>"


def test_a_table_has_a_rule_below_its_header():
    assert table(("name", "AUC"), [("all", "0.7"), ("DE", "0.6")]) == [
        "| name | AUC |",
        "| --- | --- |",
        "| all | 0.7 |",
        "| DE | 0.6 |",
    ]
