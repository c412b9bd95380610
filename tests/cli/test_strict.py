"""A job that nobody watches stops at what a person would have been told, before anything is written."""

from pathlib import Path

import pytest

from littlegiants.cli.reference import commands
from littlegiants.cli.strict import refuse_notices, table_notices
from littlegiants.ingest.errors import NoticeError
from littlegiants.ingest.tables.quarantine import Reconciliation
from tests.cli.conftest import giants
from tests.small_model import AS_OF

UNATTENDED = ("score", "link", "train", "promote", "evaluate", "audit")
FIRMS = "firm_id,name,country\na,Alpha,US\nb,Beta,US\n"


@pytest.fixture
def folders() -> None:
    """Sound tables, and some with a record that no contract lets pass."""
    for name, more in (("sound", ""), ("dirty", ",Nameless,US\n")):
        Path(name).mkdir()
        Path(name, "firms.csv").write_text(FIRMS + more, encoding="utf-8")


def test_every_command_that_runs_unattended_can_be_strict():
    strict = {words for words, command in commands().items() if any(p.name == "strict" for p in command.params)}
    assert {f"giants {name}" for name in UNATTENDED} <= strict
    assert {words for words in commands() if words.startswith("giants import ")} <= strict


def test_nothing_is_refused_without_a_notice_or_without_strict():
    refuse_notices(True, [])
    refuse_notices(False, ["a notice"])


def test_many_notices_are_one_line():
    with pytest.raises(NoticeError, match=r"--strict: 7 notices: 0; 1; 2; 3; 4; and 2 more; nothing was written$"):
        refuse_notices(True, map(str, range(7)))


def test_rows_and_columns_that_are_not_used_are_notices():
    lost = Reconciliation("rounds", 5, 3, 2, {"missing_key": 2}, ("colour",))
    assert table_notices([lost]) == [
        "rounds: 2 of 5 rows quarantined (missing_key 2)",
        "rounds: columns not used: colour",
    ]


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    "words",
    [
        ("import", "canonical", "DATA", "--out", "written"),
        ("audit", "DATA", "--report", "written.html"),
        ("link", "sound", "DATA", "--out", "written.csv"),
    ],
    ids=["import", "audit", "link"],
)
def test_a_quarantined_row_is_a_refusal_and_nothing_is_written(words):
    def run(data: str, *more: str):
        return giants(*(data if word == "DATA" else word for word in words), *more)

    before = sorted(Path().rglob("*"))
    refused = run("dirty", "--strict")
    assert (refused.code, refused.out) == (7, "")
    assert refused.err.startswith("giants: --strict: ")
    assert "1 of 3 rows quarantined (missing_key 1)" in refused.err
    assert refused.err.count("\n") == 1
    assert sorted(Path().rglob("*")) == before
    assert run("dirty").code == 0


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("words", [("train", "--artefact", "written"), ("evaluate", "--report", "written.html")])
def test_what_learns_refuses_a_quarantined_row_before_it_learns(words):
    before = sorted(Path().rglob("*"))
    refused = giants(*words, "--data", "dirty", "--strict", "--max-quarantined", "1")
    assert (refused.code, refused.err.count("\n")) == (7, 1)
    assert "1 of 3 rows quarantined (missing_key 1)" in refused.err
    assert sorted(Path().rglob("*")) == before
    assert "strict" not in giants(*words, "--data", "dirty", "--max-quarantined", "1").err


@pytest.mark.usefixtures("folders")
def test_sound_tables_pass():
    assert giants("import", "canonical", "sound", "--out", "t", "--strict").code == 0


def test_scores_of_old_or_lacking_tables_are_refused(universe, artefact):
    given = ("--model", artefact, "--as-of", AS_OF, "--strict", "--no-reasons")
    fine = giants("score", "--data", universe, "--out", "fine.csv", *given)
    assert (fine.code, fine.err) == (0, "")
    Path("few").mkdir()
    Path("few", "firms.csv").write_bytes((universe / "firms.csv").read_bytes())
    refused = giants("score", "--data", "few", "--out", "s.csv", *given)
    assert refused.code == 7
    assert "tables that the model learned from are absent: rounds, grants" in refused.err
    assert not Path("s.csv").exists()
