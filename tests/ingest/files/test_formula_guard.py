"""Text that a spreadsheet would run is made harmless, and nothing else is changed."""

import pandas as pd
import pytest

from littlegiants.ingest.files.formula_guard import STARTS, guard, guard_frame

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "1-1", " =1", "'=1", "专精特新", "#NAME?"])
def test_other_text_stays(text):
    assert guard(text) == text


@pytest.mark.parametrize("start", STARTS)
def test_frame_is_guarded_by_the_same_rule(start):
    frame = pd.DataFrame({"text": [f"{start}x", "x"]}, dtype="str")
    assert guard_frame(frame)["text"].tolist() == [guard(text) for text in frame["text"]]


def test_numbers_stay_in_a_frame_whether_written_as_text_or_not():
    frame = pd.DataFrame({"text": ["-5", "+1.25", "-5x"], "number": [-0.5, -1.0, 2.0], "flag": [True, False, True]})
    found = guard_frame(frame)
    assert found["text"].tolist() == ["-5", "+1.25", "'-5x"]
    pd.testing.assert_frame_equal(found[["number", "flag"]], frame[["number", "flag"]])
    assert frame["text"].tolist()[2] == "-5x"
