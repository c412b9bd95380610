"""A request that is sent again with its key gets the first one's bytes; a key stands for one request."""

import asyncio
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.serving.http.api import idempotency
from littlegiants.serving.http.api.idempotency import PATTERN, KeyedRequest, idempotent_answer, key_of
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import JSON, PROBLEM_JSON, Problem, busy
from littlegiants.serving.http.runtime.kept_answers import KeptAnswer, KeptAnswers


@pytest.fixture
def kept(tmp_path) -> KeptAnswers:
    return KeptAnswers(tmp_path / "answers.sqlite", Limits())


class Work:
    """Work that counts how often it was done, and may fail."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures, self.times = list(failures), 0

    async def __call__(self) -> bytes:
        self.times += 1
        if self.failures:
            raise self.failures.pop(0)
        return b"answer %d" % self.times


def ask(kept, work, key: bytes | None = b'"k"', body: bytes = b"{}", path: str = "/v1/score", request_id: str = "r"):
    head = {} if key is None else {b"idempotency-key": key}
    return asyncio.run(idempotent_answer(kept, KeyedRequest(head, path, request_id), (body,), work))


def test_the_same_key_and_body_have_the_same_bytes(kept):
    work = Work()
    assert ask(kept, work) == (KeptAnswer(200, JSON, b"answer 1"), False)
    assert ask(kept, work) == ask(kept, work, key=b"k") == (KeptAnswer(200, JSON, b"answer 1"), True)
    assert ask(kept, work, key=b"other") == (KeptAnswer(200, JSON, b"answer 2"), False)


@pytest.mark.parametrize("other", [{"body": b"{ }"}, {"path": "/v1/portfolio"}], ids=["body", "path"])
def test_the_same_key_for_another_request_is_409(kept, other):
    work = Work()
    ask(kept, work)
    with pytest.raises(Problem) as caught:
        ask(kept, work, **other)
    assert (caught.value.status, caught.value.code, work.times) == (409, "idempotency_conflict", 1)


def test_without_a_key_nothing_is_kept_and_no_part_is_read(tmp_path):
    kept, work = KeptAnswers(tmp_path / "gone" / "answers.sqlite", Limits()), Work()
    unread = (part for part in [b""])
    assert asyncio.run(idempotent_answer(kept, KeyedRequest({}, "/v1/score", ""), unread, work))[0].body == b"answer 1"
    assert next(unread) == b""


def test_while_the_first_is_answered_the_second_has_to_come_again(kept):
    async def both() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slow() -> bytes:
            begun.set()
            await go_on.wait()
            return b"late"

        request = KeyedRequest({b"idempotency-key": b"k"}, "/v1/score", "r")
        first = asyncio.create_task(idempotent_answer(kept, request, (b"{}",), slow))
        await begun.wait()
        with pytest.raises(Problem) as caught:
            await idempotent_answer(kept, request, (b"{}",), slow)
        assert (caught.value.status, caught.value.code) == (409, "idempotency_in_progress")
        go_on.set()
        assert await first == (KeptAnswer(200, JSON, b"late"), False)
        assert await idempotent_answer(kept, request, (b"{}",), slow) == (KeptAnswer(200, JSON, b"late"), True)

    asyncio.run(both())


def test_a_refusal_by_the_request_alone_is_kept_with_the_id_of_the_first(kept):
    work = Work(Problem(422, "firms", "name 1 to 500 firms"))
    first, replayed = ask(kept, work, request_id="first")
    assert (first.status, first.media, replayed) == (422, PROBLEM_JSON, False)
    assert b'"request_id":"first"' in first.body
    assert ask(kept, work, request_id="second") == (first, True)


@pytest.mark.parametrize("failure", [busy(1, "too much waits"), RuntimeError("ours"), asyncio.CancelledError()])
def test_what_another_try_may_answer_is_tried_again(kept, failure):
    work = Work(failure)
    with pytest.raises(type(failure)):
        ask(kept, work)
    assert ask(kept, work) == (KeptAnswer(200, JSON, b"answer 2"), False)


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(kept, tmp_path, caplog):
    async def spoiling() -> bytes:
        for path in tmp_path.iterdir():
            path.unlink()
        (tmp_path / "answers.sqlite").mkdir()
        return b"answer"

    assert ask(kept, spoiling) == (KeptAnswer(200, JSON, b"answer"), False)
    assert "answers cannot be kept" in caplog.text


@given(st.binary(max_size=300))
def test_a_key_is_as_the_document_says_or_refused(value):
    if re.fullmatch(PATTERN, value.strip().decode("latin-1")):
        key = key_of({b"idempotency-key": value})
        assert key is not None
        assert 1 <= len(key) <= 255
    else:
        with pytest.raises(Problem, match="is a string in quotes"):
            key_of({b"idempotency-key": value})


@pytest.mark.parametrize(
    "value", [b"", b'""', b'"', b'"a', b'a"b', b"a b", b'"a\\"b"', b"a" * 256, b"\xc3\xa9", b"a,b"]
)
def test_a_malformed_key_is_400(value):
    with pytest.raises(Problem, match="is a string in quotes"):
        key_of({idempotency.HEADER: value})
