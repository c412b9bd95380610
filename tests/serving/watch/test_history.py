"""Every run stands in the record whole or not at all, and nothing is added to a file of another kind."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import numpy as np
import pytest

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.models.staleness import age
from littlegiants.serving.watch.checks import Check, adjusted
from littlegiants.serving.watch.expected_skill import expected_skill
from littlegiants.serving.watch.history import record
from littlegiants.serving.watch.run import Watched


@pytest.fixture
def watched(model) -> Watched:
    checks = adjusted(
        [
            Check("feature", "age_years", 0.0, 0.1, 0.5, 0.25, 1e-9),
            Check("table", "grants", 4, 10, 6, 365, 0.5),
        ]
    )
    day = date(2023, 12, 31)
    return Watched(
        model.version,
        age(model.manifest, day),
        model.cohort.as_of,
        572,
        day,
        624,
        checks,
        {},
        expected_skill(np.array([0.1, 0.4])),
    )


def rows(file, query):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_runs_follow_each_other_with_all_their_figures(watched, tmp_path):
    file = tmp_path / "watch.sqlite"
    assert [record(watched, file), record(watched, file)] == [1, 2]
    columns = "run, model, reference_as_of, reference_firms, as_of, firms, alarms"
    expected = (watched.model_version, "2021-12-31", 572, "2023-12-31", 624, 1)
    assert rows(file, f"SELECT {columns} FROM runs") == [(1, *expected), (2, *expected)]
    assert rows(file, "SELECT * FROM checks WHERE run = 2 ORDER BY name") == [
        (2, "feature", "age_years", 0.0, 0.1, 0.5, 0.25, 1e-9, 2e-9, 1),
        (2, "table", "grants", 4.0, 10.0, 6.0, 365.0, 0.5, 0.5, 0),
    ]


def test_a_run_that_cannot_be_recorded_whole_is_not_recorded_at_all(watched, tmp_path):
    file = tmp_path / "watch.sqlite"
    record(watched, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON checks WHEN NEW.kind = 'table' BEGIN SELECT RAISE(FAIL, 'x'); END"
        )
    with pytest.raises((StopError, ConfigError)):
        record(watched, file)
    assert rows(file, "SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM checks)") == [(1, 2)]


def test_runs_at_the_same_time_are_all_recorded(watched, tmp_path):
    file = tmp_path / "watch.sqlite"
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: record(watched, file), range(8)))
    assert sorted(runs) == list(range(1, 9))
    assert rows(file, "SELECT COUNT(*) FROM checks") == [(16,)]


@pytest.mark.parametrize("kind", ["text", "another database"])
def test_a_file_of_another_kind_is_refused_and_stays_as_it_was(watched, tmp_path, kind):
    file = tmp_path / "other"
    if kind == "text":
        file.write_text("firm_id\n" * 200)
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE runs (run INTEGER)")
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="is not a record of `giants watch`"):
        record(watched, file)
    assert file.read_bytes() == before


def test_a_folder_that_is_not_there_stops_the_work(watched, tmp_path):
    with pytest.raises(StopError, match="cannot be written: unable to open database file; the run is not recorded"):
        record(watched, tmp_path / "nowhere" / "watch.sqlite")
