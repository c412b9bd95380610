"""Fuzz one way in, in this process, until the time is over or something fails; arguments are those of libFuzzer.

``python -m tests.fuzz.run`` starts it, and says what it found.
"""

import sys

import atheris

with atheris.instrument_imports(include=["littlegiants", "openpyxl"]):
    from tests.fuzz.ways_in import WAYS

if __name__ == "__main__":
    way = sys.argv.pop(1)
    atheris.Setup(sys.argv, WAYS[way])
    atheris.Fuzz()
