"""Requests that a service must refuse, each with the status that it must have; a soak mixes them among good ones."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /v1/model HTTP/1.1\r\nHost: localhost\r\n"
GONE = 0  # the client does not wait for an answer


@dataclass(frozen=True, slots=True)
class Hostile:
    """The bytes of one request on a connection of its own, and the statuses that the answer may have."""

    name: str
    request: bytes
    status: int
    or_status: int = GONE


def posted(body: bytes) -> bytes:
    """Return a request to score."""
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _firm(fields: bytes) -> bytes:
    return posted(b'{"firms": [{"firm_id": "a", ' + fields + b"}]}")


HOSTILE = (
    Hostile("not a number", _firm(b'"financials": [{"period_end": "2020-12-31", "revenue": NaN}]'), 422),
    Hostile("a key twice", _firm(b'"name": "A", "name": "B"'), 400),
    Hostile("nested 100,000 deep", posted(b'{"firms": ' + b"[" * 100_000), 400),
    Hostile("an integer of 5,000 digits", posted(b'{"firms": [{"firm_id": ' + b"9" * 5_000 + b"}]}"), 400),
    Hostile("no UTF-8", _firm(b'"name": "\xff"'), 400),
    Hostile("half a surrogate pair", _firm(b'"name": "\\ud800"'), 400),
    Hostile("NUL", _firm(b'"name": "A\\u0000"'), 422),
    Hostile("an unknown field", _firm(b'"revenues": 5'), 422),
    Hostile("text for a number", _firm(b'"financials": [{"period_end": "2020-12-31", "revenue": "1,000"}]'), 422),
    Hostile("a date that is none", posted(b'{"firms": [{"firm_id": "a"}], "as_of_date": "2024-02-30"}'), 422),
    Hostile("501 firms", posted(b'{"firms": [' + b",".join([b'{"firm_id": "a"}'] * 501) + b"]}"), 422),
    Hostile("cut short", posted(b'{"firms": [{"firm_id": "a"'), 400),
    Hostile("a body too large", HEAD + b"Content-Length: 10000001\r\n\r\n", 413),
    Hostile("packed", HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", 415),
    Hostile("two lengths", HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    Hostile("1,000 headers", GET + b"".join(b"X-%d: 1\r\n" % n for n in range(1_000)) + b"\r\n", 431),
    Hostile("a huge header", GET + b"X: " + b"a" * 9_000 + b"\r\n\r\n", 431),
    Hostile("two hosts", GET + b"Host: other\r\n\r\n", 400),
    Hostile("another method", b"BREW /v1/model HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    Hostile("no such path", b"GET /%0d%0a%1b[31m${jndi:x} HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    Hostile("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 HELLO\r\n\r\n", 400),
    Hostile("gone in the head", HEAD, GONE),
    Hostile("gone in the body", HEAD + b"Content-Length: 5000\r\n\r\n{", GONE),
    Hostile("gone before the answer", _firm(b'"country": "CN"'), GONE),
)


def uploaded(name: str, content: bytes) -> bytes:
    """Return a request to score one file."""
    part = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = part.encode() + content + b"\r\n--x--\r\n"
    head = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def costly() -> Iterator[Hostile]:
    """Yield requests that are to cost a service much time, memory or text; 413 and 422 are both a refusal."""
    columns = ",".join(f"c{number}" for number in range(3_000))
    yield Hostile(
        "3,000 columns behind a line end", uploaded("firms.csv", f'firm_id,"x\n",{columns}\n'.encode()), 413, 422
    )
    yield Hostile("a long name 100,000 times", uploaded("firms.parquet", _long_names()), 413, 422)
    yield Hostile("a workbook that swells", uploaded("firms.xlsx", _workbook(b"0" * (1 << 28))), 413, 422)
    yield Hostile("a workbook of one shared text", uploaded("firms.xlsx", _workbook(_SHEET * 20_000)), 413, 422)
    yield Hostile(
        "rows that are all rejected", uploaded("firms.csv", b"firm_id,founded_on\n" + b"a,x\n" * 100_000), 422, 200
    )
    yield Hostile("half a body", HEAD + b"Content-Length: 5000\r\n\r\n{", 408)
    yield Hostile("half a form", uploaded("firms.csv", b"firm_id\n" * 1_000)[:-500], 408)


_SHEET = b"<row><c t='s'><v>0</v></c></row>"


def _workbook(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", content)
    return file.getvalue()


def _long_names() -> bytes:
    import pandas as pd

    file = io.BytesIO()
    frame = pd.DataFrame({"firm_id": "a", "name": ["n" * 3_900] * 100_000})
    frame.to_parquet(file)
    return file.getvalue()
