"""Head and body of a request, as an ASGI server gives them: bounded, and never read in two ways."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.serving.http.protocol.bodies import Disconnected, Reading, check_type, read_body, read_head
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Problem

LIMITS = Limits(body_bytes=100, body_seconds=0.05, headers=5, header_bytes=30)


def head_of(*fields: tuple[bytes, bytes], version: str = "1.1") -> dict[bytes, bytes]:
    return read_head({"headers": fields, "http_version": version}, LIMITS)


def body_of(*messages: dict[str, Any], length: bytes | None = None, limits: Limits = LIMITS) -> bytes:
    """Read a body that comes in these messages, and then no more."""
    waiting = list(messages)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.sleep(10)
        return waiting.pop(0)

    return asyncio.run(
        read_body(receive, {} if length is None else {b"content-length": length}, limits, Reading(limits))
    )


def message(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def refused(status: int, code: str, call, *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*arguments, **options)
    assert (caught.value.status, caught.value.code) == (status, code)
    return caught.value


@pytest.mark.parametrize("host", [b"x", b"localhost:8080", b"a.b-c_d.example:1", b"127.0.0.1", b"[::1]:8080", b"[::]"])
def test_hosts(host):
    assert head_of((b"host", host)) == {b"host": host}


@pytest.mark.parametrize("host", [b"", b"a b", b"../x", b"a:b", b"a:123456", b"a@b", b"::1", b"[x]", b"a\xff", b"a,b"])
def test_h33_what_is_no_host(host):
    refused(400, "malformed_host", head_of, (b"host", host))


def test_only_http_1_0_may_leave_the_host_out():
    refused(400, "malformed_host", head_of)
    assert head_of(version="1.0") == {}
    refused(400, "malformed_host", head_of, (b"host", b""), version="1.0")


@pytest.mark.parametrize("name", [b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization"])
def test_h19_what_must_stand_once_is_refused_twice_even_if_it_is_the_same(name):
    refused(400, "repeated_header", head_of, (b"host", b"x"), (name, b"x"), (name, b"x"))


def test_other_headers_may_stand_twice():
    assert head_of((b"host", b"x"), (b"accept", b"a"), (b"accept", b"b"))[b"accept"] == b"b"


def test_h19_a_length_and_chunks():
    fields = ((b"host", b"x"), (b"content-length", b"3"), (b"transfer-encoding", b"chunked"))
    refused(400, "ambiguous_length", head_of, *fields)


def test_h33_too_many_or_too_long_headers():
    assert len(head_of((b"host", b"x"), *((b"x%d" % n, b"a" * 30) for n in range(4)))) == 5
    refused(431, "too_many_headers", head_of, (b"host", b"x"), *((b"x%d" % n, b"") for n in range(5)))
    refused(431, "header_too_large", head_of, (b"host", b"x"), (b"x", b"a" * 31))


@pytest.mark.parametrize(
    "media", [b"application/json", b"Application/JSON; charset=UTF-8", b'application/json;charset="utf8"']
)
def test_types_that_are_taken(media):
    check_type({b"content-type": media, b"content-encoding": b"Identity"}, b"application/json")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "content_type"),
        ({b"content-type": b"text/json"}, "content_type"),
        ({b"content-type": b"application/json, text/plain"}, "content_type"),
        ({b"content-type": b"application/json; charset=utf-16"}, "charset"),
        ({b"content-type": b"application/json", b"content-encoding": b"gzip"}, "content_encoding"),
        ({b"content-type": b"application/json", b"content-encoding": b"identity, gzip"}, "content_encoding"),
    ],
)
def test_h17_types_that_are_not(fields, code):
    refused(415, code, check_type, fields, b"application/json")


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=6))
def test_parts_are_joined_or_are_too_many(parts):
    messages = [message(body, more=place < len(parts) - 1) for place, body in enumerate(parts)]
    whole = b"".join(parts)
    if len(whole) > LIMITS.body_bytes:
        refused(413, "body_too_large", body_of, *messages)
    else:
        assert body_of(*messages) == whole


@pytest.mark.parametrize("length", [b"101", b"9" * 18])
def test_h15_what_says_that_it_is_too_large_is_not_read(length):
    assert refused(413, "body_too_large", body_of, length=length).headers == {"connection": "close"}


def test_h15_no_more_is_read_than_the_limit():
    # Of a body without end, the part that goes beyond it is the last.
    parts = [message(b"a" * 40, more=True)] * 3
    refused(413, "body_too_large", body_of, *parts, {"type": "http.disconnect"})
    assert body_of(message(b"a" * 100), length=b"100") == b"a" * 100


@pytest.mark.parametrize("length", [b"", b"-1", b"+1", b"1.0", b"0x10", b"1 ", b"\xb2", b"9" * 19, b"1_0"])
def test_h19_lengths_that_are_none(length):
    refused(400, "malformed_length", body_of, message(b"a"), length=length)


def test_h18_a_body_that_does_not_come_is_given_up():
    problem = refused(408, "slow_body", body_of, message(b"a", more=True))
    assert problem.headers == {"connection": "close"}
    assert "0.05 seconds" in problem.message


def test_a_client_that_goes_is_no_problem_of_ours():
    with pytest.raises(Disconnected):
        body_of(message(b"a", more=True), {"type": "http.disconnect"})


def test_no_more_is_read_at_a_time_than_a_worker_holds():
    limits = Limits(bodies_bytes=10)
    reading = Reading(limits)

    async def first():
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"a" * 6, "more_body": False}

    # What is whole is no longer being read: one after the other, any number is.
    assert [asyncio.run(read_body(first, {}, limits, reading)) for _ in range(5)] == [b"a" * 6] * 5

    async def halves():
        going = [asyncio.create_task(read_body(half(), {}, limits, reading)) for _ in range(2)]
        return await asyncio.gather(*going, return_exceptions=True)

    def half():
        parts = iter([(b"a" * 6, True), (b"b", False)])

        async def receive():
            await asyncio.sleep(0.01)
            body, more = next(parts)
            return {"type": "http.request", "body": body, "more_body": more}

        return receive

    whole, refused = asyncio.run(halves())
    assert whole == b"a" * 6 + b"b"
    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    assert asyncio.run(read_body(first, {}, limits, reading)) == b"a" * 6
