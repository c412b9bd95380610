r"""Text that a spreadsheet would run: the one place that knows it, and how it is made harmless.

A cell that begins with one of a few characters is taken for a formula, which can start programs and fetch addresses.
An apostrophe before it makes it text, which the spreadsheet shows without the apostrophe.

A cell is whatever the spreadsheet takes for one. Where it parts cells at semicolons, tabs or bars, or ends a row at any
line end, it does not know the quotes of a file that is parted by commas: ``a;=1+1`` is then two cells. So every
beginning that any separator could make is guarded, behind quotes too.
"""

import re

import pandas as pd

# Unicode has compatibility forms of the four signs (NFKC maps them to the sign): full-width ones, which an East Asian
# input method types for the same keys, small and raised ones, doubled ones. Spreadsheets understand some of them alike,
# and the mathematical minus too.
_FORMS = {
    "=": "=\u207c\u208c\u2a75\u2a76\ufe66\uff1d",
    "+": "+\u207a\u208a\ufb29\ufe62\uff0b",
    "-": "-\u2212\u207b\u208b\ufe63\uff0d",
    "@": "@\ufe6b\uff20",
}
SIGNS = "".join(_FORMS.values())
SEPARATORS = ",;|\t\r\n"
# Some programs drop a tab or a line end in front, and what follows is the cell.
STARTS = (*SIGNS, "\t", "\r", "\n")
_SIGN, _SEPARATOR = re.escape(SIGNS), re.escape(SEPARATORS)
_RUNS = re.compile(rf"\A(?=[{_SIGN}\t\r\n])|(?<=[{_SEPARATOR}])(?=\"*[{_SIGN}])")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def guard(text: str) -> str:
    """Return text with an apostrophe before each place where a spreadsheet could see a formula begin.

    Examples
    --------
    >>> guard("=1+1"), guard("a;=1+1"), guard("Acme = Co")
    ("'=1+1", "a;'=1+1", 'Acme = Co')
    """
    return _RUNS.sub("'", text)


def guard_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of text are guarded; numbers that are written as text stay.

    Examples
    --------
    >>> guard_frame(pd.DataFrame({"value": ["=1+1", "-5", "#NAME?"]}))["value"].tolist()
    ["'=1+1", '-5', '#NAME?']
    """
    out = frame.copy()
    for name in out.columns:
        if isinstance(out[name].dtype, pd.StringDtype) or out[name].dtype == object:
            values = out[name].tolist()
            # A column of files or codes has few distinct values.
            guarded = {value: _guarded(value) for value in dict.fromkeys(values)}
            out[name] = pd.Series([guarded[value] for value in values], out.index, out[name].dtype)
    return out


def _guarded(value: object) -> object:
    return guard(value) if isinstance(value, str) and not _NUMBER.fullmatch(value) else value
