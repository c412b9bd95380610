"""Text that a spreadsheet would run: the one place that knows it, and how it is made harmless.

A cell that begins with one of a few characters is taken for a formula, which can start programs and fetch addresses.
An apostrophe before it makes it text, which the spreadsheet shows without the apostrophe.
"""

import re

import pandas as pd

# The full-width forms are what an East Asian input method types for the same keys, and are understood alike.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_RUNS = f"^[{re.escape(''.join(STARTS))}]"
_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"


def guard(text: str) -> str:
    """Return text with an apostrophe before it if a spreadsheet would run it.

    Examples
    --------
    >>> guard("=1+1"), guard("Acme = Co")
    ("'=1+1", 'Acme = Co')
    """
    return f"'{text}" if text.startswith(STARTS) else text


def guard_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns of text are guarded; numbers that are written as text stay.

    Examples
    --------
    >>> guard_frame(pd.DataFrame({"value": ["=1+1", "-5", "#NAME?"]}))["value"].tolist()
    ["'=1+1", '-5', '#NAME?']
    """
    out = frame.copy()
    for name in out.columns:
        if isinstance(out[name].dtype, pd.StringDtype):
            runs = out[name].str.contains(_RUNS, regex=True) & ~out[name].str.fullmatch(_NUMBER)
            out[name] = out[name].mask(runs, "'" + out[name])
    return out
