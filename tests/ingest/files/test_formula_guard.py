"""Text that a spreadsheet would run is made harmless, and nothing else is changed."""

import csv
import io
import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from littlegiants.ingest.files.formula_guard import SEPARATORS, SIGNS, STARTS, guard, guard_frame
from littlegiants.ingest.files.frames import to_csv

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0"]
PLAIN_SIGNS = "=+-@\N{MINUS SIGN}"
# Text in which separators, quotes and signs in all their forms meet often.
HOSTILE = st.text(st.sampled_from([*SIGNS, *SEPARATORS, '"', "'", "a", "1", " "]), max_size=12)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet that knows the compatibility forms takes a cell for a formula."""
    return unicodedata.normalize("NFKC", cell.lstrip('"'))[:1] in tuple(PLAIN_SIGNS)


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "1-1", " =1", "'=1", "专精特新", "#NAME?", "a; b", "A/S, Oslo", "1;2"])
def test_other_text_stays(text):
    assert guard(text) == text


def test_signs_are_all_that_unicode_holds_compatible():
    compatible = {
        char for char in map(chr, range(0x110000)) if unicodedata.normalize("NFKC", char)[:1] in tuple(PLAIN_SIGNS)
    }
    assert set(SIGNS) == compatible


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("sign", ["=", "﹦", "＝", "⁼", "﹣", "﹢", "﹫"])
def test_formula_behind_any_separator_gets_an_apostrophe(separator, sign):
    assert guard(f"a{separator}{sign}1+1") == f"a{separator}'{sign}1+1"
    assert guard(f'a{separator}"{sign}1+1"') == f'a{separator}\'"{sign}1+1"'


@given(HOSTILE)
@example("a;=1+1")
@example('a;""=1')
def test_no_program_sees_a_formula_wherever_it_parts_cells(text):
    line = to_csv(pd.DataFrame({"text": pd.Series([text], dtype="str"), "n": [-0.5]})).decode().partition("\n")[2]
    [[read, number], *_] = csv.reader(io.StringIO(line, newline=""))
    assert number == "-0.5"
    assert not any(map(is_formula, re.split(f"[{SEPARATORS}]", read)[1:]))
    assert not is_formula(read) or read.startswith('"')
    for separator in SEPARATORS.replace(",", ""):  # of the file as it stands, its quotes not understood
        assert not any(map(is_formula, line.split(separator)[1:])), separator


@given(HOSTILE)
def test_a_guarded_text_is_the_text_but_for_apostrophes_and_stays_when_guarded_again(text):
    assert guard(text).replace("'", "") == text.replace("'", "")
    assert guard(guard(text)) == guard(text)


@given(st.floats(allow_nan=False) | st.integers())
def test_numbers_as_text_stay_in_a_frame(value):
    frame = pd.DataFrame({"text": pd.Series([str(value)], dtype="str")})
    assert guard_frame(frame)["text"].tolist() == [str(value) if str(value) != "-inf" else "'-inf"]


@pytest.mark.parametrize("kind", ["str", object])
@pytest.mark.parametrize("start", STARTS)
def test_frame_is_guarded_by_the_same_rule(start, kind):
    frame = pd.DataFrame({"text": [f"{start}x", "x", f"x;{start}x"]}, dtype=kind)
    assert guard_frame(frame)["text"].tolist() == [guard(text) for text in frame["text"]]


def test_numbers_stay_in_a_frame_whether_written_as_text_or_not():
    frame = pd.DataFrame({"text": ["-5", "+1.25", "-5x"], "number": [-0.5, -1.0, 2.0], "flag": [True, False, True]})
    found = guard_frame(frame)
    assert found["text"].tolist() == ["-5", "+1.25", "'-5x"]
    pd.testing.assert_frame_equal(found[["number", "flag"]], frame[["number", "flag"]])
    assert frame["text"].tolist()[2] == "-5x"


def test_text_that_is_not_read_again_is_written_by_one_writer():
    # Tables of an import and of a simulation are read again, so their text stays; all else passes the guard.
    root = Path(__file__).resolve().parents[3]
    packages = ("cli", "ingest", "features", "models", "reports", "training", "serving")
    writes = re.compile(r"\.(to_csv|write_csv|to_excel)\(|csv\.(writer|DictWriter)\(")
    found = [
        path for name in packages for path in (root / name).rglob("*.py") if writes.search(path.read_text("utf-8"))
    ]
    assert sorted(str(path.relative_to(root)) for path in found) == [
        "ingest/sources/common/writing.py",
        "training/simulator/run.py",
    ]
