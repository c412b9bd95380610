"""Tables as files: the scores of the library, and every row accounted for."""

import io
import socket
import time

import msgspec
import pytest
from openpyxl import Workbook

from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.serving import Scorer
from littlegiants.serving.http.api.file_scoring import score_files
from littlegiants.serving.uploads import Upload
from tests.serving.http.conftest import eventually
from tests.serving.http.page.conftest import multipart
from tests.serving.http.test_score import plain
from tests.small_model import AS_OF


def send(running, files: dict[str, bytes], path: str = "/v1/score", headers: dict | None = None, **fields: str):
    boundary, body = multipart(files, {"as_of_date": str(AS_OF), **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return running.ask("POST", path, body, **{"Content-Type": kind, **(headers or {})})


@pytest.fixture(scope="module")
def some(universe, tmp_path_factory):
    """The first 300 firms of the small universe as a folder of their own, CSV and Parquet."""
    tables, folder = read_tables(universe), tmp_path_factory.mktemp("some")
    ids = set(tables.firm_ids[:300].tolist())
    import pandas as pd

    for path in sorted(universe.glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        frame[frame["firm_id"].isin(ids)].to_csv(folder / path.name, index=False)
        frame[frame["firm_id"].isin(ids)].to_parquet(folder / f"{path.stem}.parquet", index=False)
    return folder


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("explain", [False, True])
def test_scores_are_those_of_the_library_bit_for_bit(service, model, some, tmp_path, kind, explain):
    files = {path.name: path.read_bytes() for path in sorted(some.glob(f"*.{kind}"))}
    answer = send(service, files, explain=str(explain).lower())
    assert answer.status == 200
    said = answer.json()
    for path in some.glob(f"*.{kind}"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    tables = read_tables(tmp_path)
    scores = Scorer(model).score(tables, AS_OF, explain=explain)
    found = [result for result in said["results"] if "error" not in result]
    assert found == [plain(row) for row in scores.to_dict("records")]
    assert list(found[0]) == list(SCORE_COLUMNS)
    assert [result["firm_id"] for result in said["results"]] == tables.firm_ids.tolist()
    assert {result["error"]["code"] for result in said["results"] if "error" in result} == {"not_at_risk"}
    assert all(row["read"] == row["used"] + row["quarantined"] for row in said["rows"])
    assert {row["table"] for row in said["rows"]} == {path.stem for path in some.glob(f"*.{kind}")}


def test_rows_set_apart_are_named(service):
    firms = b"firm_id,founded_on,city\na,2015-01-01,Suzhou\nb,2015-13-01,\na,2015-01-01,Wuxi\n"
    answer = send(service, {"firms.csv": firms})
    assert answer.status == 200
    said = answer.json()
    assert {(fault["row"], fault["code"]) for fault in said["quarantined"]} == {
        (1, "duplicate_conflict"),
        (2, "impossible_date"),
        (3, "duplicate_conflict"),
    }
    (sums,) = said["rows"]
    assert sums == {"table": "firms", "read": 3, "used": 0, "quarantined": 3}
    assert said["results"] == []


@pytest.mark.parametrize(
    ("files", "status", "code"),
    [
        ({}, 400, "nothing_sent"),
        ({"firms.pdf": b"%PDF-1.7"}, 415, "unsupported_upload"),
        ({"firms.csv": b"firm_id\n" + b"".join(b"f%d\n" % n for n in range(501))}, 413, "upload_too_large"),
        ({"rounds.csv": b"firm_id,round_id\n"}, 422, "unreadable_upload"),
    ],
)
def test_files_that_are_not_taken(service, files, status, code):
    answer = send(service, files)
    assert (answer.status, answer.json()["code"], answer.json()["where"]) == (status, code, "files")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("day", ["2199-01-01", "1980-01-01", "no date"])
def test_dates_that_are_not_answered_for(service, day):
    assert send(service, {"firms.csv": b"firm_id\na\n"}, as_of_date=day).status == 422


def test_a_page_of_another_site_is_refused(service):
    answer = send(service, {"firms.csv": b"firm_id\na\n"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status, answer.json()["code"]) == (403, "foreign_site")


def test_whoever_goes_away_in_the_middle_of_a_file_is_no_failure(service):
    boundary, body = multipart({"firms.csv": b"firm_id\n" + b"a\n" * 10_000}, {})
    head = f"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary={boundary}\r\n"
    seen = len(service.lines())
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5_000])
        time.sleep(0.5)
    eventually(lambda: any(line.get("status") == 499 for line in service.lines()[seen:]))
    assert not any("trace" in line for line in service.lines()[seen:])


def test_firms_of_files_are_counted(service):
    def scored() -> float:
        text = service.ask("GET", "/metrics").body.decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith("giants_firms_total"))

    before = scored()
    assert send(service, {"firms.csv": b"firm_id,founded_on\na,2015-01-01\nb,2016-01-01\n"}).status == 200
    assert scored() == before + 2


def test_x02_quarantined_rows_are_counted_and_the_first_are_shown(model):
    rows = "".join(f"f{n},{'x' * 500}\n" for n in range(3_000))
    upload = Upload("firms.csv", io.BytesIO(f"firm_id,founded_on\n{rows}".encode()))
    found = score_files(Scorer(model), (upload,), AS_OF, explain=False, firms=5_000)
    assert found.quarantined_counts == {"impossible_date": 3_000}
    assert len(found.quarantined) == 100
    assert {fault.value for fault in found.quarantined} == {"x" * 79 + "…"}
    assert len(msgspec.json.encode(found)) < 256 * 1_024


def test_x02_notes_on_what_is_not_read_are_few_and_short(model):
    book = Workbook()
    book.active.title = "firms"
    book.active.append(["firm_id"])
    book.active.append(["a"])
    for number in range(200):
        book.create_sheet(f"{number} {'n' * 25}").append(["x"])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    found = score_files(Scorer(model), (Upload("book.xlsx", file),), AS_OF, explain=False, firms=5)
    assert len(found.notes) == 21
    assert found.notes[-1] == "and 180 notes more"
