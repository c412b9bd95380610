"""``giants watch``: figures for people and for machines, a record of the runs, and an exit code for an alarm."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.conftest import AS_OF, giants


def watch(world, *arguments, data=None):
    given = ("--data", data or world.data, "--as-of", AS_OF, "--model", world.artefact)
    return giants("watch", *given, *arguments)


def test_people_see_what_moved_most(world):
    done = watch(world)
    assert (done.code, done.err) == (0, "")
    assert any("firms as of 2023-12-31, compared with" in line for line in done.lines)
    assert len([line for line in done.lines if line.startswith(("  feature ", "  table ", "  withheld "))]) == 10
    assert done.lines[-1].endswith("checks, 0 alarms; --json has all of them")


def test_machines_get_every_figure_and_the_run_is_recorded(world):
    done = watch(world, "--json", "--history", "watch.sqlite")
    assert (done.code, done.err) == (0, "")
    result = json.loads(done.out)
    assert (result["run"], result["alarms"], result["as_of_date"]) == (1, [], AS_OF)
    assert {check["kind"] for check in result["checks"]} == {"feature", "withheld", "table"}
    with closing(sqlite3.connect("watch.sqlite")) as connection:
        assert connection.execute("SELECT COUNT(*) FROM checks").fetchone() == (len(result["checks"]),)


def test_an_alarm_is_exit_code_9_and_the_figures_are_given_and_recorded_all_the_same(world):
    shutil.copytree(world.data, "stopped")
    grants = Path("stopped/grants.csv")
    header, *lines = grants.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("awarded_on")
    kept = [line for line in lines if line.split(",")[place] < "2022"]
    grants.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
    done = watch(world, "--history", "watch.sqlite", data="stopped")
    assert done.code == 9
    assert done.err.startswith(f"giants: the firms as of {AS_OF} are not like those of the training: ")
    assert "table grants" in done.err
    assert any(line.startswith("ALARM  table    grants ") for line in done.lines)
    with closing(sqlite3.connect("watch.sqlite")) as connection:
        assert connection.execute("SELECT alarms > 0 FROM runs").fetchone() == (1,)


def test_values_that_no_training_saw_are_named(world):
    shutil.copytree(world.data, "unseen")
    firms = Path("unseen/firms.csv")
    header, *lines = firms.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("country")
    cells = [line.split(",") for line in lines]
    for row in cells[::50]:
        row[place] = "AQ"
    firms.write_text("\n".join([header, *map(",".join, cells)]) + "\n", encoding="utf-8")
    done = watch(world, data="unseen")
    assert any(line.startswith("never seen in the training, country: AQ (") for line in done.lines)


def test_a_record_that_is_an_input_is_refused(world):
    done = watch(world, "--history", world.data / "firms.csv")
    assert (done.code, done.out) == (2, "")
