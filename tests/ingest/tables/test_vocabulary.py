"""Text as codes of an alphabetical vocabulary."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.vocabulary import encode_text, is_repeated_text, plain_text, repeated_text, text_codes

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=3), max_size=12)


@pytest.mark.parametrize("dtype", ["str", "category"])
@given(texts=TEXTS)
def test_codes_are_places_among_the_distinct_texts_in_python_s_order(dtype, texts):
    codes, vocabulary = encode_text(pd.Series(texts, dtype="str").astype(dtype))
    assert vocabulary.tolist() == sorted(set(texts))
    assert [vocabulary[code] for code in codes] == texts
    assert codes.dtype == np.int32


def test_a_category_that_no_row_has_is_no_text_of_the_vocabulary():
    _, vocabulary = encode_text(pd.Series(pd.Categorical(["b"], categories=["a", "b"])))
    assert vocabulary.tolist() == ["b"]


@given(texts=TEXTS, order=st.randoms())
def test_text_by_codes_is_the_text(texts, order):
    distinct = [*dict.fromkeys(texts), "never"]
    order.shuffle(distinct)
    codes = np.array([distinct.index(text) for text in texts], np.int32)
    column = repeated_text(codes, pa.array(distinct))
    assert is_repeated_text(column)
    assert plain_text(column.to_frame("x"))["x"].tolist() == texts
    found, vocabulary = encode_text(column)
    assert vocabulary.tolist() == sorted(set(texts))
    assert [vocabulary[code] for code in found] == texts


def test_missing_text_has_no_code():
    codes, texts = text_codes(repeated_text(np.array([1, -1]), pa.array(["a", "b"])))
    assert (codes.tolist(), texts.to_pylist()) == ([1, -1], ["a", "b"])
    assert text_codes(pd.Series([], dtype="str"))[0].tolist() == []
