"""Text as codes of an alphabetical vocabulary."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.vocabulary import encode_text

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
