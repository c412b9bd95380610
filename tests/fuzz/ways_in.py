"""The ways in for bytes of a stranger, each as a function that returns unless something of ours fails.

A typed refusal is an answer. Any other exception is a finding, as is an account of rows that does not add up.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pandas as pd

from littlegiants.ingest.errors import LittleGiantsError
from littlegiants.ingest.mapping.import_table import import_plans, plan_import
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.models.scoring.record_scorer import RecordScorer
from littlegiants.serving.http.api.score_requests import parse_request, to_json
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import Bounds, Upload
from tests.training.plain_model import plain_model

FIRMS = b"firm_id,name,country,founded_on,sectors\na,A,CN,2018-04-02,semiconductors\nb,B,US,2019-01-01,\n"
ROUNDS = b"round_id,firm_id,announced_on,kind,amount,currency\nr,a,2021-03-15,series_a,45000000,CNY\n"
LIST = (
    b"Company,Founded,Deal Date,Deal Type,Deal Size (USD m),Contact\n"
    b"Acme,2010,09-Aug-2023,Seed,2.5,x\nBolt,2011,10-Sep-2022,Grant,1.25,y\n"
)
BOUNDS = Bounds(rows=20_000, firms=500, unfolded=1 << 24)


def csv(data: bytes) -> None:
    """Read a CSV file; the first byte says of which table."""
    table = list(TABLES)[data[0] % len(TABLES)] if data else "firms"
    files = {f"{table}.csv": data[1:]}
    _read(files if table == "firms" else {"firms.csv": FIRMS, **files})


def parquet(data: bytes) -> None:
    """Read a Parquet file of firms."""
    _read({"firms.parquet": data})


def workbook(data: bytes) -> None:
    """Read a workbook: the bytes of the file, or, by the first byte, those of one member of a sound one.

    Without the second way the checksums of the archive would keep nearly everything from its reader.
    """
    _read({"firms.xlsx": _damaged(data)})


def table(data: bytes) -> None:
    """Import a file by a mapping that is found out: delimited text."""
    _import("list.csv", data)


def table_workbook(data: bytes) -> None:
    """Import a workbook by a mapping that is found out, damaged as `workbook` damages it."""
    _import("list.xlsx", _damaged(data))


def json(data: bytes) -> None:
    """Score the body of a request."""
    scorer = _scorer()
    with suppress(Problem, LittleGiantsError):
        parsed = parse_request(data, Limits(firms=50, events=500), scorer.model.manifest)
        answers = scorer.score(parsed.records, parsed.as_of, explain=False)
        to_json(parsed, answers, scorer.model.manifest.label, scorer.model.version)


WAYS: dict[str, Callable[[bytes], None]] = {
    "csv": csv,
    "workbook": workbook,
    "parquet": parquet,
    "json": json,
    "table": table,
    "table_workbook": table_workbook,
}


def seeds(way: str) -> list[bytes]:
    """Return some small sound inputs."""
    match way:
        case "csv":
            known = list(TABLES)
            return [bytes([known.index("firms")]) + FIRMS, bytes([known.index("rounds")]) + ROUNDS]
        case "table":
            return [LIST, LIST.replace(b",", b";").replace(b"2.5", b"2,5"), b"A list\n\n" + LIST]
        case "workbook" | "table_workbook":
            members = _members()
            changed = [
                bytes([2 * place]) + members[name] for place, name in enumerate(sorted(members)) if "theme" not in name
            ]
            return [b"\x01" + _workbook(), *changed]
        case "parquet":
            return [_frame().to_parquet(index=False, compression=kind) for kind in (None, "zstd")]
    firm = b'{"firm_id":"a","country":"CN","founded_on":"2018-04-02","sectors":["semiconductors"],'
    firm += b'"rounds":[{"round_id":"r","announced_on":"2021-03-15","kind":"series_a",'
    firm += b'"amount":4.5e7,"currency":"CNY"}],"grants":[]}'
    return [b'{"as_of_date":"2024-12-31","firms":[%b]}' % firm, b'{"firms":[%b,{"firm_id":5}],"explain":false}' % firm]


def _damaged(data: bytes) -> bytes:
    """Return a workbook: the bytes themselves, or a sound one with one member replaced, by the first byte."""
    if not data or data[0] % 2:
        return data[1:]
    members = _members()
    changed = sorted(members)[data[0] // 2 % len(members)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, data[1:] if name == changed else content)
    return file.getvalue()


def _import(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder, suppress(LittleGiantsError):
        path = Path(folder) / name
        path.write_bytes(content)
        found = import_plans(plan_import([path]))
        for account in (*found.reconciliations, *found.events):
            assert account.read == account.used + account.quarantined, account


def _read(files: dict[str, bytes]) -> None:
    with suppress(LittleGiantsError):
        uploaded = read_upload(
            tuple(Upload(name, io.BytesIO(content)) for name, content in files.items()), None, BOUNDS
        )
        for account in uploaded.sums:
            assert account.read == account.used + account.quarantined, account


def _frame() -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(FIRMS), dtype=str)


@cache
def _workbook() -> bytes:
    file = io.BytesIO()
    with pd.ExcelWriter(file) as writer:
        _frame().to_excel(writer, sheet_name="firms", index=False)
    return file.getvalue()


@cache
def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(_workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def _scorer() -> RecordScorer:
    return RecordScorer.of(plain_model())
