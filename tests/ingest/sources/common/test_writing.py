"""An import appears at once or not at all, and never over what is not an import."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError, StopError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation


def frame(**columns):
    return pd.DataFrame(columns, dtype="str")


@pytest.fixture
def firms():
    quarantine = Quarantine()
    quarantine.add("list.csv", [2, 3], "name", "control_character", ["=cmd|' /C calc'!A0", "-5"])
    return Imported(
        "list",
        {"firms": frame(firm_id=["a", "b"], name=["#NAME?", '-cheap, "B"\n'])},
        quarantine,
        (Reconciliation("list.csv", 4, 2, 2, {"control_character": 2}),),
        ("two things",),
        {"list.csv": "mac_roman"},
        {"list.csv": "00ff"},
        {"aside": frame(firm_id=["a"], kind=["ipo"])},
    )


@pytest.fixture
def grants():
    return Imported(
        "awards",
        {"grants": frame(firm_id=["a"], grant_id=["1"], awarded_on=["2012-01-02"], known_on=["2012-03-04"])},
        Quarantine(),
        (Reconciliation("awards.csv", 1, 1, 0, {}),),
        (),
        {"awards.csv": "utf-8"},
        {"awards.csv": "11ee"},
    )


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read_back_by_another_parser(tmp_path, rows):
    ids = [f"{number}" for number in range(len(rows))]
    written = frame(firm_id=ids, name=[name for name, _ in rows], city=[city for _, city in rows])
    sums = (Reconciliation("x.csv", len(rows), len(rows), 0, {}),)
    write_import(
        Imported("x", {"firms": written}, Quarantine(), sums, (), {"x.csv": ""}, {"x.csv": ""}), tmp_path / "t"
    )
    with (tmp_path / "t" / "firms.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert found == [["firm_id", "name", "city"], *([one, *row] for one, row in zip(ids, rows, strict=True))]


def test_everything_is_written_and_read_back(firms, tmp_path):
    out = tmp_path / "new" / "out"
    write_import(firms, out)
    assert sorted(files(out)) == ["aside.csv", "firms.csv", "import.json", "quarantine.csv"]
    assert list(out.parent.iterdir()) == [out]
    assert read_tables(out).firm_ids.tolist() == ["a", "b"]
    assert json.loads((out / "import.json").read_text(encoding="utf-8")) == {
        "imports": [
            {
                "source": "list",
                "files": {
                    "list.csv": {
                        "encoding": "mac_roman",
                        "sha256": "00ff",
                        "read": 4,
                        "used": 2,
                        "quarantined": 2,
                        "by_code": {"control_character": 2},
                    }
                },
                "tables": {"firms": 2},
                "notes": ["two things"],
            }
        ]
    }


def test_formulas_are_disarmed_where_people_look_and_kept_where_programs_read(firms, tmp_path):
    write_import(firms, tmp_path / "out")
    quarantine = pd.read_csv(tmp_path / "out" / "quarantine.csv", dtype="str", keep_default_na=False)
    assert quarantine["value"].tolist() == ["'=cmd|' /C calc'!A0", "-5"]
    table = pd.read_csv(tmp_path / "out" / "firms.csv", dtype="str", keep_default_na=False)
    assert table["name"].tolist() == firms.frames["firms"]["name"].tolist()


def test_writing_twice_gives_the_same_bytes(firms, tmp_path):
    write_import(firms, tmp_path / "out")
    before = files(tmp_path / "out")
    write_import(firms, tmp_path / "out")
    assert files(tmp_path / "out") == before
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_former_import_is_replaced_whole(firms, grants, tmp_path):
    out = tmp_path / "out"
    write_import(firms, out)
    write_import(grants, out)
    write_import(replace(firms, beside={}), out)
    assert sorted(files(out)) == ["firms.csv", "import.json", "quarantine.csv"]


def test_empty_folder_is_taken(firms, tmp_path):
    write_import(firms, tmp_path)
    assert (tmp_path / "firms.csv").is_file()


def test_foreign_folder_file_and_link_are_refused(firms, tmp_path):
    foreign, file, link, empty = (tmp_path / name for name in ("foreign", "file", "link", "empty"))
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work", encoding="utf-8")
    file.write_text("", encoding="utf-8")
    empty.mkdir()
    link.symlink_to(empty)
    with pytest.raises(ConfigError, match=r"is not empty and no former import \(it has no import\.json\)"):
        write_import(firms, foreign)
    for out in (file, link):
        with pytest.raises(ConfigError, match="is not a folder; name a new or empty folder"):
            write_import(firms, out)
    assert (foreign / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_table_is_added_to_a_folder(firms, grants, tmp_path):
    out = tmp_path / "out"
    write_import(firms, out)
    write_import(grants, out)
    assert sorted(files(out)) == ["aside.csv", "firms.csv", "grants.csv", "import.json", "quarantine.csv"]
    report = json.loads((out / "import.json").read_text(encoding="utf-8"))
    assert [one["source"] for one in report["imports"]] == ["list", "awards"]
    assert len((out / "quarantine.csv").read_text(encoding="utf-8").splitlines()) == 3
    assert read_tables(out).observed == ("grants",)


def test_table_is_added_to_a_folder_that_no_import_made(grants, tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\na\n", encoding="utf-8")
    write_import(grants, tmp_path)
    assert sorted(files(tmp_path)) == ["firms.csv", "grants.csv", "import.json", "quarantine.csv"]


def test_rows_are_appended_column_by_column(firms, grants, tmp_path):
    write_import(firms, tmp_path)
    (tmp_path / "grants.csv").write_text("grant_id,firm_id,awarded_on,phase\n0,a,2011-01-02,I\n", encoding="utf-8")
    write_import(grants, tmp_path)
    assert (tmp_path / "grants.csv").read_text(encoding="utf-8").splitlines() == [
        "grant_id,firm_id,awarded_on,phase,known_on",
        "0,a,2011-01-02,I,",
        "1,a,2012-01-02,,2012-03-04",
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "grants.csv",
            "firm_id,grant_id,awarded_on\na,1,2001-01-01\n",
            "already holds '1'; was this import done before",
        ),
        ("grants.csv", "firm_id,grant_id,awarded_on\na,0\n", "has blank or ragged rows"),
        ("grants.csv", "firm_id,awarded_on\na,2001-01-01\n", "column 'grant_id' must stand once"),
        ("grants.parquet", "", r"grants\.parquet cannot be added to"),
    ],
)
def test_table_that_cannot_be_added_to_stays_as_it_is(firms, grants, tmp_path, name, text, message):
    write_import(firms, tmp_path / "out")
    (tmp_path / "out" / name).write_text(text, encoding="utf-8")
    before = files(tmp_path / "out")
    with pytest.raises(TableError, match=message):
        write_import(grants, tmp_path / "out")
    assert files(tmp_path / "out") == before
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_without_firms_there_is_nothing_to_add_to(grants, tmp_path):
    with pytest.raises(ConfigError, match="holds no firms table to add to"):
        write_import(grants, tmp_path)


def test_failing_disk_leaves_the_folder_as_it_was(firms, tmp_path):
    write_import(firms, tmp_path / "out")
    before = files(tmp_path / "out")
    # A name longer than any file system takes stands for a disk that fails half-way.
    broken = replace(firms, beside={"x" * 300: frame(firm_id=["a"])})
    with pytest.raises(StopError, match="cannot be written: File name too long; nothing was changed"):
        write_import(broken, tmp_path / "out")
    assert files(tmp_path / "out") == before
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
