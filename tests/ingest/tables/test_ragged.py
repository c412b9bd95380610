"""Lists inside rows."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.ragged import Ragged

WORDS = st.lists(st.sampled_from(["web", " Web", "AI", "ai ", "Straße", "STRASSE", "", " ", "生物"]), max_size=5)
LISTS = st.lists(WORDS.map(";".join), max_size=8)


def tokens(ragged):
    return [ragged.vocabulary[ragged.codes[low:high]].tolist() for low, high in pairwise(ragged.bounds)]


def expected(text):
    return sorted({token.strip().casefold() for token in text.split(";")} - {""})


@given(LISTS)
def test_tokens_are_stripped_folded_sorted_and_unique(texts):
    ragged = Ragged.from_text(np.array(texts, object))
    assert tokens(ragged) == [expected(text) for text in texts]
    assert ragged.lengths.tolist() == [len(expected(text)) for text in texts]
    assert ragged.joined().tolist() == [";".join(expected(text)) for text in texts]
    assert ragged.rows().tolist() == [row for row, text in enumerate(texts) for _ in expected(text)]
    assert ragged.vocabulary.tolist() == sorted(set().union(*map(expected, texts)))


@given(LISTS.filter(bool), st.data())
def test_take_picks_rows_in_any_order_and_number(texts, data):
    ragged = Ragged.from_text(np.array(texts, object))
    rows = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=10))
    assert tokens(ragged.take(np.array(rows, np.int64))) == [tokens(ragged)[row] for row in rows]


@given(LISTS.filter(bool), st.data())
def test_neighbours_are_taken_as_any_other_rows(texts, data):
    ragged = Ragged.from_text(np.array(texts, object))
    low = data.draw(st.integers(0, len(texts) - 1))
    high = data.draw(st.integers(low + 1, len(texts)))
    some = ragged.take(np.arange(low, high))
    assert tokens(some) == tokens(ragged)[low:high]
    assert some.bounds[0] == 0


@given(LISTS)
def test_rows_share_a_number_exactly_when_they_share_their_codes(texts):
    ragged = Ragged.from_text(np.array(texts, object))
    number, one = ragged.distinct()
    lists = [tuple(words) for words in tokens(ragged)]
    assert len(one) == len(set(lists))
    assert [lists[one[place]] for place in number] == lists


def test_order_repeats_and_case_say_nothing():
    one, other = (Ragged.from_text(np.array([text], object)) for text in ("Web;AI;web", " ai ; WEB;;"))
    assert one.codes.tolist() == other.codes.tolist()
    assert one.vocabulary.tolist() == other.vocabulary.tolist() == ["ai", "web"]


def test_no_rows():
    none = Ragged.from_text(np.array([], object))
    assert len(none.joined()) == len(none.lengths) == len(none.rows()) == 0
    assert none.take(np.array([], np.int64)).bounds.tolist() == [0]
