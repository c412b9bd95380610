"""A body that two parsers might read differently is refused."""

import pytest

from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.protocol.strict_json import check_json


@pytest.mark.parametrize("body", [b"{}", b"[1, 2.5, null]", '{"a": "\u4e2d", "b": {"a": 1}}'.encode(), b'"text"'])
def test_json_passes(body):
    check_json(body)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"{} {}", 400, "malformed_json"),
        (b"1" * 5_000, 400, "malformed_json"),
        (b'"\xff"', 400, "malformed_text"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"a": 1, "a": 1}', 400, "repeated_key"),
        (b'[{"b": {"a": 1, "a": 2}}]', 400, "repeated_key"),
        (b"[NaN]", 422, "not_finite"),
        (b"-Infinity", 422, "not_finite"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_all_else_is_refused(body, status, code):
    with pytest.raises(Problem) as caught:
        check_json(body)
    assert (caught.value.status, caught.value.code) == (status, code)
