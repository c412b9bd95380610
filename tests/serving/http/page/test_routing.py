"""The addresses of the page: what each answers, with which headers, and how what cannot be scored is told."""

import gzip
import io
import re
import socket
import tempfile
import zipfile
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from littlegiants.features.asof.as_of_date import today
from littlegiants.ingest.files.frames import to_csv
from littlegiants.ingest.readers.read import read_tables
from littlegiants.serving.http.page import example
from littlegiants.serving.http.protocol.problems import busy
from tests.reports.test_portfolio_report import HOSTILE, TURNED, Page
from tests.serving.http.page.conftest import Client, Limits, Service, as_csv, as_parquet, as_workbook, multipart, served
from tests.small_model import AS_OF

DAY = AS_OF.isoformat()
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def expected(scorer, portfolio, tmp_path_factory) -> bytes:
    """The scores of the portfolio as the library reads and writes them, without the page."""
    folder = tmp_path_factory.mktemp("portfolio")
    for name, content in as_csv(portfolio).items():
        (folder / name).write_bytes(content)
    return to_csv(scorer.score(read_tables(folder), AS_OF))


@pytest.fixture(scope="module")
def result(client: Client, portfolio) -> str:
    answer = client.send(as_csv(portfolio), DAY)
    assert answer.status == 200
    return answer.text


@pytest.mark.parametrize("path", ["/", "/template.xlsx", "/template.zip", "/example.zip"])
def test_every_answer_has_the_policy(client, path):
    answer = client.ask("GET", path)
    assert answer.status == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_home_says_what_it_takes_and_asks_for_today(client):
    page = Page(client.ask("GET", "/").text)
    assert page.open == []
    (day,) = (a["value"] for a in page.of("input") if a.get("type") == "date")
    assert day == today().isoformat()
    assert "Up to 10 MB and 2,000 firms" in page.text
    assert [(a["action"], a["method"]) for a in page.of("form")] == [("portfolio", "post"), ("example", "post")]


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_workbook], ids=["csv", "parquet", "workbook"])
def test_scores_are_those_of_the_library_bit_for_bit(client, portfolio, expected, write):
    answer = client.send(write(portfolio), DAY, answer="csv")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == f'attachment; filename="scores-{DAY}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body == expected


def test_result_is_whole_and_asks_for_nothing_from_elsewhere(result):
    page = Page(result)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert not [k for _, attributes in page.elements for k in attributes if k.startswith("on") or k == "style"]
    assert not {"style", "iframe", "object", "embed", "img"} & {tag for tag, _ in page.elements}
    links = [v for _, a in page.elements for k, v in a.items() if k in ("src", "href")]
    assert [v for v in links if not re.match(r"#|\./$|data:|template\.xlsx$|page-[0-9a-f]{12}\.(css|js)$", v)] == []
    assert {v[1:] for v in links if v.startswith("#")} <= set(ids)
    assert not page.of("script")[1:]


def test_assets_are_kept_for_ever_under_a_name_of_their_content(client):
    page = Page(client.ask("GET", "/").text)
    style, script = (f"/{a[key]}" for tag, key in (("link", "href"), ("script", "src")) for a in page.of(tag)[-1:])
    for path, kind in ((style, "text/css; charset=utf-8"), (script, "text/javascript; charset=utf-8")):
        answer = client.ask("GET", path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.ask("GET", "/page-000000000000.css").status == 404


def test_hostile_names_are_text_and_show_what_they_hide(client, scorer, portfolio):
    frames = {name: frame.copy() for name, frame in portfolio.items()}
    scores = scorer.score(example_tables(frames), AS_OF)
    best = scores.sort_values("p_market", ascending=False)["firm_id"].tolist()[:2]
    for firm, name in zip(best, (HOSTILE, TURNED), strict=True):
        frames["firms"].loc[frames["firms"]["firm_id"] == firm, "name"] = name
    frames["grants"].loc[1, "amount"] = "<u>7</u>"
    answer = client.send({**as_csv(frames), "<i>x</i>\u202e.csv": b"a\n1\n"}, DAY)
    page = Page(answer.text)
    assert not {"i", "u"} & {tag for tag, _ in page.elements}
    assert HOSTILE in page.text
    assert "Acme ⟨U+202E⟩gnp.exe" in page.text
    assert "<u>7</u>" in page.text
    assert "<i>x</i>⟨U+202E⟩.csv is no table of the contract: not read" in page.text
    assert "\u202e" not in answer.text


def example_tables(frames):
    from littlegiants.ingest.tables.tables import Tables

    return Tables.from_frames(frames)


def test_example_is_scored_and_says_that_it_is_simulated(client):
    page = Page(client.ask("POST", "/example").text)
    assert "Simulated. These firms are made up" in page.text
    assert "2 rows were quarantined" in page.text
    assert "as of 31 December 2025" in page.text


def test_example_downloaded_and_uploaded_is_the_example(client):
    with zipfile.ZipFile(io.BytesIO(client.ask("GET", "/example.zip").body)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sent = Page(client.send(files, example.AS_OF.isoformat()).text)
    shown = Page(client.ask("POST", "/example").text)
    assert [a["value"] for a in sent.of("data")] == [a["value"] for a in shown.of("data")]


@pytest.mark.parametrize("path", ["/portfolio", "/example"])
def test_going_back_to_an_answer_leads_to_the_upload(client, path):
    answer = client.ask("GET", path)
    assert (answer.status, answer.headers["location"]) == (303, "./")


FIRMS = b"firm_id,founded_on\na,2019-05-01\n"
BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as swollen:
    swollen.writestr("xl/workbook.xml", b"0" * (1 << 28))

FAULTS = {
    "nothing": ({}, DAY, 400, "no file was sent"),
    "no date": ({"firms.csv": FIRMS}, "yesterday", 422, "is not a date"),
    "before all data": ({"firms.csv": FIRMS}, "1979-12-31", 422, "out of range"),
    "future": ({"firms.csv": FIRMS}, (today() + timedelta(days=400)).isoformat(), 422, "out of range"),
    "no firms": ({"rounds.csv": FIRMS}, DAY, 422, "holds no firms table"),
    "picture": ({"firms.png": b"\x89PNG\r\n\x1a\n"}, DAY, 415, "neither .xlsx nor .csv nor .parquet"),
    "picture by another name": ({"firms.csv": b"\x89PNG\r\n\x1a\n"}, DAY, 415, "holds no table"),
    "old Excel": ({"firms.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}, DAY, 415, "without a password"),
    "text as Excel": ({"firms.xlsx": FIRMS}, DAY, 415, "holds no .xlsx"),
    "gzip": ({"firms.csv": gzip.compress(FIRMS)}, DAY, 415, "holds no table"),
    "half a workbook": ({"firms.xlsx": b"PK\x03\x04 and no more"}, DAY, 422, "cannot be read as a workbook"),
    "half a Parquet": ({"firms.parquet": b"PAR1 and no more"}, DAY, 422, "firms.parquet cannot be read"),
    "bomb": ({"firms.xlsx": BOMB.getvalue()}, DAY, 413, "unfolds to 268,435,456 bytes"),
    "empty": ({"firms.csv": b""}, DAY, 422, "is empty"),
    "no id": ({"firms.csv": b"name\nAcme\n"}, DAY, 422, "&#39;firm_id&#39; must stand once in the header"),
    "twice": ({"firms.csv": FIRMS, "firms (1).csv": FIRMS}, DAY, 422, "two files were sent for the table firms"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_scored_is_a_page_that_says_why(client, case):
    files, as_of, status, why = FAULTS[case]
    answer = client.send(files, as_of)
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.headers["content-security-policy"] == POLICY
    assert why.lower() in answer.text.lower()
    assert Page(answer.text).open == []
    for betrayal in ("Traceback", tempfile.gettempdir(), "littlegiants-", ".py"):
        assert betrayal not in answer.text


def test_body_of_another_kind_is_refused(client):
    assert client.ask("POST", "/portfolio", FIRMS, Content_Type="text/csv").status == 415
    assert client.ask("POST", "/portfolio", FIRMS, Content_Type="multipart/form-data").status == 400
    boundary, body = multipart({"firms.csv": FIRMS}, {"as_of_date": DAY})
    broken = body[: len(body) // 2] + b"\0" + body[len(body) // 2 :]
    kind = f"multipart/form-data; boundary={boundary}x"
    assert client.ask("POST", "/portfolio", broken, Content_Type=kind).status == 400


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
def test_body_beyond_the_limit_is_refused(scorer, told):
    with served(Service(scorer, Limits(body_bytes=100_000))) as client:
        boundary, body = multipart({"firms.csv": b"firm_id\n" + b"a\n" * 60_000}, {"as_of_date": DAY})
        kind = f"multipart/form-data; boundary={boundary}"
        sent = body if told else iter([body[:50_000], body[50_000:]])
        answer = client.ask("POST", "/portfolio", sent, Content_Type=kind)
    assert answer.status == 413
    assert "more than 0 MB" in answer.text


def test_more_firms_than_are_taken_are_refused(scorer):
    with served(Service(scorer, Limits(firms=2))) as client:
        few, many = (b"firm_id\n" + b"".join(b"%d\n" % n for n in range(count)) for count in (2, 3))
        assert client.send({"firms.csv": few}, DAY).status == 200
        assert client.send({"firms.csv": many}, DAY).status == 413


def test_form_that_does_not_come_is_given_up(scorer):
    with (
        served(Service(scorer, Limits(body_seconds=0.1))) as client,
        socket.create_connection(("127.0.0.1", client.port), 30) as connection,
    ):
        head = "POST /portfolio HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\n--x\r\n".encode())
        answer = connection.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"The form did not come within 0.6 seconds." in answer


def test_compressed_form_is_refused(client):
    boundary, body = multipart({"firms.csv": FIRMS}, {"as_of_date": DAY})
    kind = f"multipart/form-data; boundary={boundary}"
    answer = client.ask("POST", "/portfolio", gzip.compress(body), Content_Type=kind, Content_Encoding="gzip")
    assert answer.status == 415


def test_page_says_when_there_is_no_model(scorer):
    class Empty(Service):
        def current(self):
            raise busy(1, "no model is loaded yet", code="no_model")

    with served(Empty(scorer)) as client:
        for answer in (client.ask("GET", "/"), client.ask("POST", "/example")):
            assert (answer.status, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
            assert answer.headers["retry-after"] == "2"
            assert "No model is loaded yet." in answer.text


@pytest.mark.parametrize("path", ["/portfolio", "/example"])
def test_form_of_another_site_is_refused(client, path):
    boundary, body = multipart({"firms.csv": FIRMS}, {"as_of_date": DAY})
    kind = f"multipart/form-data; boundary={boundary}"
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        assert client.ask("POST", path, body, Content_Type=kind, Sec_Fetch_Site=site).status == status


def test_money_of_another_rule_is_told(client, scorer, portfolio):
    other = replace(scorer.model.manifest.money, rates="0" * 64)
    manifest = scorer.model.manifest.model_copy(update={"money": other})
    with served(Service(replace(scorer, model=replace(scorer.model, manifest=manifest)))) as client:
        answer = client.send(as_csv(portfolio), DAY)
    assert answer.status == 422
    assert "the model&#39;s with" in answer.text


def test_no_file_is_left_behind(client, portfolio, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for files in (as_csv(portfolio), {"firms.csv": b"name\n"}, {"firms.xlsx": b"PK\x03\x04"}):
        client.send(files, DAY)
    assert list(tmp_path.iterdir()) == []


def test_portfolio_of_firms_alone_is_answered_with_the_reason(client, portfolio):
    answer = client.send({"My fund.csv": portfolio["firms"].to_csv(index=False).encode()}, DAY)
    page = Page(answer.text)
    assert answer.status == 200
    assert "No firm has a probability on this date." in page.text
    assert "Not observed: rounds, grants, patents, recognitions, financials, investments and outcomes" in page.text


def test_template_filled_in_is_scored(client, portfolio):
    filled = fill(client.ask("GET", "/template.xlsx").body, portfolio)
    answer = client.send({"template (1).xlsx": filled}, DAY)
    assert answer.status == 200
    assert "sheet &#39;notes&#39; is no table" in answer.text
    assert len(Page(answer.text).of("tbody")) > 0


def fill(template: bytes, frames: dict[str, pd.DataFrame]) -> bytes:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(template))
    for name, frame in frames.items():
        header = [cell.value for cell in book[name][1]]
        for row in frame.reindex(columns=header, fill_value="").itertuples(index=False):
            book[name].append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_page_and_file_stand_apart_by_the_button(client, result, expected):
    import base64

    (link,) = (a["href"] for a in Page(result).of("a") if a.get("download") == f"scores-{DAY}.csv")
    assert base64.b64decode(link.partition("base64,")[2]) == expected
