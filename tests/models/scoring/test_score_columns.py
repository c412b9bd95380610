"""Every interface and every page is made from one declaration of the score columns."""

import re
from pathlib import Path

import pytest

from littlegiants.models.scoring import score_columns
from littlegiants.models.scoring.score_columns import (
    COLUMNS,
    PROBABILITIES,
    REASON_COLUMNS,
    SCORE_COLUMNS,
    ScoreColumn,
    ScoreKind,
)

ROOT = Path(__file__).resolve().parents[3]


def test_names_are_unique_and_in_the_order_of_the_declarations():
    assert [column.name for column in COLUMNS] == list(SCORE_COLUMNS) == list(dict.fromkeys(SCORE_COLUMNS))


def test_probabilities_and_reasons_are_found_by_their_kind():
    assert PROBABILITIES == ("p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled")
    assert REASON_COLUMNS == ("reason_1", "reason_2", "reason_3")


def test_every_number_has_a_range_and_nothing_else_has():
    assert [column.name for column in COLUMNS if column.is_number != (column.range is not None)] == []
    assert {column.range for column in COLUMNS if column.kind is ScoreKind.PROBABILITY} == {(0.0, 1.0)}


@pytest.mark.parametrize(
    ("kind", "number", "text"),
    [
        (ScoreKind.TEXT, False, True),
        (ScoreKind.REASON, False, True),
        (ScoreKind.FLAG, False, False),
        (ScoreKind.NUMBER, True, False),
        (ScoreKind.PROBABILITY, True, False),
    ],
)
def test_what_a_kind_is_shown_as(kind, number, text):
    column = ScoreColumn("one", kind, None, "")
    assert (column.is_number, column.is_text) == (number, text)


def test_scores_lie_within_the_ranges(scores):
    for column in COLUMNS:
        if column.range is not None:
            least, most = column.range
            assert scores[column.name].dropna().between(least, most).all(), column.name


def test_page_is_up_to_date():
    if (ROOT / "docs" / "scores.md").read_text(encoding="utf-8") != score_columns.to_markdown():
        pytest.fail(f"docs/scores.md lags behind the code: run `{score_columns.COMMAND}`", pytrace=False)


def test_readme_lists_the_columns():
    listed = re.search(r"\*\*Scores\.\*\* `([^`]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert listed is not None
    assert tuple(name.strip() for name in listed[1].split(",")) == SCORE_COLUMNS
