"""What a client may send that it should not: each is refused with its status, and nobody else notices."""

import contextlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.serving.http.conftest import eventually

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_h07_numbers_that_are_none(service, word):
    body = '{"firms": [{"firm_id": "a", "rounds": [{"round_id": "1", "announced_on": "2020-01-01", "kind": "seed", '
    answer = service.post(f'{body}"amount": {word}}}]}}]}}'.encode())
    assert (answer.status, answer.json()["code"]) == (422, "not_finite")


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("h09 a key twice", b'{"firms": [{"firm_id": "a", "firm_id": "b"}]}'),
        ("h09 a key twice, at the top", b'{"firms": [], "firms": [{"firm_id": "a"}]}'),
        ("h10 nested 100,000 deep", b'{"firms": ' + b"[" * 100_000),
        ("h10 nested in a firm", b'{"firms": [{"firm_id": "a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}"),
        ("h11 an integer of 5,000 digits", b'{"firms": [{"firm_id": ' + b"9" * 5_000 + b"}]}"),
        ("h13 no UTF-8", b'{"firms": [{"firm_id": "\xff"}]}'),
        ("h13 half a surrogate pair", b'{"firms": [{"firm_id": "\\ud800 x"}]}'),
        ("h13 half a surrogate pair in bytes", b'{"firms": [{"firm_id": "\xed\xa0\x80"}]}'),
        ("cut short", b'{"firms": [{"firm_id": "a"'),
        ("nothing", b""),
        ("something behind", b'{"firms": [{"firm_id": "a"}]} x'),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_h09_to_h13_bodies_that_are_no_json_or_could_be_read_in_two_ways(service, case, body):
    answer = service.post(body)
    assert answer.status == 400, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.body) < 1_000


@pytest.mark.parametrize(
    ("case", "firm"),
    [
        ("h14 NUL", {"firm_id": "a\0"}),
        ("h21 an unknown field", {"firm_id": "a", "revenues": 5}),
        ("h22 no id", {"name": "A"}),
        ("h22 a null id", {"firm_id": None}),
        ("h22 no day", {"firm_id": "a", "grants": [{"grant_id": "1"}]}),
        ("h23 text for a number", {"firm_id": "a", "financials": [{"period_end": "2020-12-31", "revenue": "1,000"}]}),
        ("h23 a number for text", {"firm_id": 7}),
        ("h23 truth for a number", {"firm_id": "a", "financials": [{"period_end": "2020-12-31", "employees": True}]}),
        ("no currency", {"firm_id": "a", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01", "amount": 1}]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_h14_to_h23_a_firm_that_is_not_as_the_contract_says(service, case, firm):
    answer = service.score([firm])
    assert answer.status == 422, answer.body
    (result,) = answer.json()["results"]
    assert result["error"]["message"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"firms": []}', b'{"firms": [], "x": 1}', b'{"firms": 5}', b"null"])
def test_h21_h22_requests_of_another_form(service, body):
    assert service.post(body).status == 422


def test_more_firms_or_rows_than_are_taken(service):
    many = [{"firm_id": str(place)} for place in range(501)]
    assert service.score(many).json()["code"] == "firms"
    rows = [{"grant_id": str(n), "awarded_on": "2020-01-01"} for n in range(5_001)]
    answer = service.score([{"firm_id": "a", "grants": rows}])
    assert (answer.status, answer.json()["code"]) == (422, "too_many_events")


def test_h15_a_body_that_is_too_large_is_not_read(service):
    process = psutil.Process(service.pids()[0])
    before = process.memory_info().rss
    assert status_of(service.raw(HEAD + b"Content-Length: 10000001\r\n\r\n")) == 413
    chunk = b"100000\r\n" + b"a" * 0x100000 + b"\r\n"
    for _ in range(10):
        assert status_of(service.raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 12)) == 413
    assert process.memory_info().rss - before < 60e6


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": ""},
        {"Content_Type": "application/json; charset=latin-1"},
        {"Content_Type": "application/json", "Content_Encoding": "gzip"},
    ],
)
def test_h17_other_types_and_packed_bodies(service, headers):
    assert service.ask("POST", "/v1/score", b"{}", **headers).status == 415


def test_h18_a_slow_head_or_body_is_given_up_and_others_do_not_wait(service, at_risk):
    with ThreadPoolExecutor(2) as pool:
        head = pool.submit(service.raw, b"POST /v1/score HTTP/1.1\r\nHost: x\r\n", wait=25)
        body = pool.submit(service.raw, HEAD + b"Content-Length: 12\r\n\r\n{", wait=25)
        start = time.monotonic()
        assert service.score(at_risk[:1]).status == 200
        assert time.monotonic() - start < 3
        assert status_of(body.result()) == 408
        # The server cuts off a head that does not come, without an answer.
        assert head.result() == b""


def test_h19_two_lengths_are_never_read_in_two_ways(service):
    body = b'{"firms":[]}'
    assert status_of(service.raw(HEAD + b"Content-Length: 12\r\nContent-Length: 13\r\n\r\n" + body)) == 400
    assert status_of(service.raw(HEAD + b"Content-Length: 1x\r\n\r\n" + body)) == 400
    # Of a length and chunks the server keeps the chunks alone (RFC 9112, 6.3), so what follows them is no request.
    smuggled = b"c\r\n" + body + b"\r\n0\r\n\r\n"
    assert status_of(service.raw(HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled)) == 422


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Host: a b\r\n", 400),
        (b"Host: ../x\r\n", 400),
        (b"Host: a\r\nHost: b\r\n", 400),
        (b"", 400),
        (b"Host: x\r\nX: " + b"a" * 9_000 + b"\r\n", 431),
        (b"Host: x\r\nX: " + b"a" * 200_000 + b"\r\n", 431),
        (b"Host: x\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(1_000)), 431),
    ],
)
def test_h33_malformed_and_huge_heads(service, head, status):
    assert status_of(service.raw(b"GET /v1/model HTTP/1.1\r\n" + head + b"\r\n")) == status


def test_h34_ranges_are_ignored(service):
    answer = service.ask("GET", "/v1/model", Range="bytes=0-1," + "2-3," * 1_000)
    assert answer.status == 200


def test_h35_what_a_client_names_does_not_write_into_the_log(service):
    name = 'x\r\n{"forged": true}\x1b[31m${jndi:ldap://x}'
    service.score([{"firm_id": "a", "name": name}])
    service.ask("GET", "/%0d%0a%7B%22forged%22:1%7D")
    service.raw(b"GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.4)
    text = service.log.read_text(encoding="utf-8")
    assert "forged" not in text
    assert "jndi" not in text
    assert "\x1b" not in text
    assert all(json.loads(line) for line in text.splitlines())


def test_h37_requests_in_a_row_on_one_connection_are_answered_in_order(service, at_risk):
    body = json.dumps({"as_of_date": "2025-12-31", "firms": at_risk[:1]}).encode()
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    import socket

    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(request * 20)
        found = b""
        while found.count(b"HTTP/1.1 200") < 20 or not found.endswith(b"]}"):
            found += connection.recv(65_536)
    assert found.count(at_risk[0]["firm_id"].encode()) == 20


def test_h29_work_for_a_client_that_has_gone_is_given_up(service, at_risk):
    firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}"} for place in range(500)]
    body = json.dumps({"as_of_date": "2025-12-31", "firms": firms, "explain": True}).encode()
    import socket

    before = len(service.lines())
    with contextlib.ExitStack() as connections:
        for _ in range(8):  # more work than is done by the time that they go
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=20))
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        time.sleep(0.1)
    eventually(lambda: any(line.get("status") == 499 for line in service.lines()[before:]))
    assert service.score(at_risk[:1]).status == 200


def test_paths_and_methods_that_are_none(service):
    missing = service.ask("GET", "/v1/nothing")
    assert (missing.status, missing.json()["code"]) == (404, "no_such_path")
    wrong = service.ask("GET", "/v1/score")
    assert (wrong.status, wrong.headers["allow"]) == (405, "POST")
    assert service.ask("DELETE", "/v1/model").status == 405
    for path in ("/health/live", "/health/ready"):
        wrong = service.ask("DELETE", path)
        assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD")
        assert service.ask("HEAD", path).status == 200


def test_firms_that_are_costly_to_read_hold_up_nobody(service, at_risk):
    # A blank behind the id is enough for the loader, which takes hundreds of times as long.
    firms = [{**at_risk[0], "firm_id": f"f{place} "} for place in range(60)]
    with ThreadPoolExecutor(1) as pool:
        costly = pool.submit(service.score, firms)
        waits = []
        while not costly.done():
            start = time.monotonic()
            assert service.ask("GET", "/health/ready").status == 200
            waits.append(time.monotonic() - start)
    assert max(waits) < 3
    # As many as can be answered in time are; else the client learns when to come again.
    answer = costly.result()
    assert answer.status == 200 or (answer.status, answer.json()["code"]) == (503, "overloaded")
