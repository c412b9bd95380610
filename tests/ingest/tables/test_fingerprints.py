"""Numbers for texts, all rows at once."""

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.fingerprints import fingerprints

TEXTS = st.lists(st.text("abü0\0", max_size=20) | st.text("ab", min_size=60, max_size=70), max_size=12)


def column(texts):
    return pd.Series(texts, dtype="str")


def equal(values):
    return [[bool(one == other) for other in values] for one in values]


@given(TEXTS)
def test_two_texts_have_one_number_if_they_are_equal(texts):
    assert equal(fingerprints(column(texts))) == equal(texts)


@given(TEXTS, st.integers(0, 3))
def test_slices_and_several_chunks_are_numbered_too(texts, first):
    assert equal(fingerprints(column(texts).iloc[first:])) == equal(texts[first:])
    chunks = pa.chunked_array([texts[:first], texts[first:]], pa.large_string())
    assert equal(fingerprints(pd.Series(pd.array(chunks, dtype="str")))) == equal(texts)


def test_a_hundred_thousand_ids_have_as_many_numbers():
    ids = [f"P{number:06}" for number in range(50_000)] + [f"{number}-{number % 7}-US" for number in range(50_000)]
    assert len(set(fingerprints(column(ids)).tolist())) == 100_000
