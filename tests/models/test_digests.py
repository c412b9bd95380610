"""Digests of signals: equal exactly where every number is."""

import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.features.matrix import FeatureMatrix
from littlegiants.models.digests import content_digest, row_digests

NAMES = ("a", "b")


def digests(*rows, as_of=date(2020, 1, 1), names=NAMES, columns=None):
    values = np.array(rows, np.float64).reshape(len(rows), len(names))
    ids = np.array([f"f{row}" for row in range(len(rows))], object)
    matrix = FeatureMatrix(ids, as_of, names, values, np.full(len(rows), "", object), np.ones(len(rows), np.int64))
    return row_digests(matrix, names if columns is None else columns).tolist()


def test_a_digest_is_16_hex_digits_of_names_date_and_values():
    (found,) = digests([1.0, np.nan])
    content = b"2020-01-01\0a\0b" + np.array([1.0, np.nan], "<f8").tobytes()
    assert found == hashlib.blake2b(content, digest_size=8).hexdigest()


@given(st.lists(st.floats(width=64), min_size=2, max_size=2), st.lists(st.floats(width=64), min_size=2, max_size=2))
def test_two_rows_have_one_digest_exactly_when_all_their_numbers_are_equal(one, other):
    equal = all(a == b or (a != a and b != b) for a, b in zip(one, other, strict=True))
    first, second = digests(one, other)
    assert (first == second) == equal


def test_every_nan_and_every_zero_is_alike():
    quiet = np.array([0x7FF8000000000001, 0xFFF8000000000000], np.uint64).view(np.float64)
    assert len(set(digests([np.nan, 0.0], [quiet[0], -0.0], [quiet[1], 0.0]))) == 1


def test_one_ulp_the_date_and_a_name_tell(model, matrix):
    base = digests([1.0, 2.0])
    assert base != digests([np.nextafter(1.0, 2), 2.0])
    assert base != digests([2.0, 1.0])
    assert base != digests([1.0, 2.0], as_of=date(2020, 1, 2))
    assert base != digests([1.0, 2.0], names=("a", "c"))
    assert base != digests([1.0, 2.0], names=("ab", ""))
    assert digests() == []


def test_columns_left_out_do_not_count():
    assert digests([1.0, 2.0], columns=("a",)) == digests([1.0, 3.0], columns=("a",))
    assert digests([1.0, 2.0], columns=("b",)) != digests([1.0, 3.0], columns=("b",))
    # The names are in it, so a digest of one column is not that of another with the same value.
    assert digests([1.0, 1.0], columns=("a",)) != digests([1.0, 1.0], columns=("b",))


def test_a_row_does_not_depend_on_the_others(matrix):
    whole = row_digests(matrix, matrix.names)
    turned = replace(matrix, firm_ids=matrix.firm_ids[::-1], values=matrix.values[::-1])
    assert row_digests(turned, matrix.names).tolist() == whole[::-1].tolist()


@pytest.mark.parametrize("content", [b"", b"a", bytes(100_000)])
def test_content_is_sha256(content):
    assert content_digest(content) == hashlib.sha256(content).hexdigest()
