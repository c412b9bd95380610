"""``giants audit``: the findings for people and for machines, and the files beside them."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from littlegiants.ingest.audit.checks import CHECKS
from littlegiants.ingest.audit.run import audit_tables
from tests.cli.conftest import giants, read

FIRMS = "firm_id,name,founded_on\na,Acme,2010-01-01\nb,Other,2011-05-05\n"
ROUNDS = "firm_id,round_id,announced_on,kind,amount,currency\n"
EARLIER = f"{ROUNDS}a,1,2012-05-05,seed,100,USD\na,2,2012-12-30,seed,,\nb,9,2012-01-01,none,,\n"
LATER = f"{ROUNDS}a,1,2012-05-05,seed,200,USD\na,2,2012-12-30,seed,,\nb,=3,2012-06-06,seed,,\n"


@pytest.fixture
def pair() -> tuple[Path, Path]:
    for name, rounds in (("earlier", EARLIER), ("later", LATER)):
        folder = Path(name)
        folder.mkdir()
        (folder / "firms.csv").write_text(FIRMS, encoding="utf-8")
        (folder / "rounds.csv").write_text(rounds, encoding="utf-8")
    return Path("earlier"), Path("later")


def test_for_people(pair):
    run = giants("audit", "earlier")
    assert (run.code, run.err) == (0, "")
    assert run.lines[1].split() == "rounds 3 read = 2 used + 1 quarantined unknown_value 1".split()
    assert "last days: firms 2011-05-05, rounds 2012-12-30" in run.lines
    (row,) = (line for line in run.lines if line.endswith(CHECKS["no_known_on"].title))
    assert row.split()[:5] == ["caution", "rounds", "2", "2", "100.0%"]
    assert f"- {CHECKS['no_known_on'].title}: {CHECKS['no_known_on'].meaning}" in run.lines
    assert re.fullmatch(r"\d+ questions: 2 serious, \d+ caution, \d+ note, \d+ fine", run.lines[-1])


def test_against_a_later_export(pair):
    run = giants("audit", "earlier", "--against", "later", "--changes", "c.csv", "--report", "a.html")
    assert (run.code, run.err) == (0, "")
    assert run.lines[-3:] == [
        "2 rows filled in, rows vanished and facts changed since",
        "report:   a.html",
        "changes:  c.csv",
    ]
    assert read(Path("c.csv")).to_dict("records") == [
        line("changed", "a", "1", "amount", "100", "200"),
        line("back-filled", "b", "'=3", "announced_on", "", "2012-06-06"),
    ]
    assert "Against the later export" in Path("a.html").read_text(encoding="utf-8")


def line(change, firm, key, column, before, after) -> dict[str, str]:
    place = {"change": change, "table": "rounds", "firm_id": firm, "key": key}
    return {**place, "column": column, "before": before, "after": after}


def test_for_machines(pair):
    run = giants("audit", "earlier", "--against", "later", "--exported", "2012-12-31", "--json")
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    told = json.loads(run.out)
    assert told["report"] is None
    assert told["tables"][1]["quarantined"] == 1
    assert told["last_days"] == {"firms": "2012-12-31", "rounds": "2012-12-31"}
    assert told["comparison"]["rounds"]["back_filled"] == 1
    assert told["comparison"]["rounds"]["years"] == {"2012": {"rows": 3, "back_filled": 1}}
    library = audit_tables("earlier", "later", date(2012, 12, 31)).findings
    assert {f["check"] for f in told["findings"]} == {finding.check for finding in library}
    assert all(0 <= f["low"] <= f["share"] <= f["high"] <= 1 for f in told["findings"])
    assert all(f["meaning"] == CHECKS[f["check"]].meaning for f in told["findings"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nowhere",), 5, "giants: nowhere is not a folder; .*"),
        (("earlier", "--against", "nowhere"), 5, "giants: nowhere is not a folder; .*"),
        (("earlier", "--exported", "31.12.2012"), 2, "giants: '31.12.2012' is not a date; .*"),
        (("earlier", "--exported", "2999-01-01"), 2, "giants: the export is said to be of 2999-01-01, .*"),
        (("earlier", "--changes", "c.csv"), 2, "giants: c.csv would stay empty: .* give it with --against"),
        (("earlier", "--report", "a.pdf"), 2, "giants: a.pdf ends in '.pdf'; .*"),
        (("earlier", "--report", "no/a.html"), 2, "giants: no/a.html cannot be written: there is no folder no"),
        (
            ("earlier", "--against", "later", "--changes", "later/rounds.csv"),
            2,
            "giants: later/rounds.csv is a table .*",
        ),
        ((), 2, "giants audit: Missing argument 'DIR.URL'; see giants audit --help"),
    ],
)
def test_refuses(arguments, code, message, pair, tmp_path):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    run = giants("audit", *arguments)
    assert (run.code, run.out) == (code, "")
    assert re.fullmatch(f"{message}\n", run.err), run.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
