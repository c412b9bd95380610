"""Models that no longer should answer, or no longer tell firms apart: what ``giants score`` makes of them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from littlegiants.cli.app import run
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.scoring.booster import from_text, to_text
from littlegiants.models.scoring.model import Head

# The model's newest labels were known by 2023-12-31; a window of 24 months may be held out, a year may pass, then two.
AGEING, EXPIRED = "2027-06-30", "2028-06-30"


def scored(universe, model, as_of, *more) -> int:
    given = ("--data", universe, "--model", model, "--as-of", as_of, "--out", "s.csv")
    return run([str(word) for word in ("score", *given, "--report", "r.html", *more)])


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_e16_an_ageing_champion_is_warned_of_and_an_expired_one_refused(universe, artefact, capsys):
    assert scored(universe, artefact, "2025-12-31", "--json") == 0
    told = capsys.readouterr()
    assert (told.err, json.loads(told.out)["model_age"]["staleness"]) == ("", "fresh")
    assert "ageing model" not in Path("r.html").read_text(encoding="utf-8")

    assert scored(universe, artefact, AGEING, "--json") == 0
    told = capsys.readouterr()
    assert told.err == (
        "giants: warning: of the model, its newest labels were known by 2023-12-31, 18 months older than they need be: "
        "it is ageing, 24 are allowed; train again\n"
    )
    found = {"learned_by": "2023-12-31", "months": 18.0, "staleness": "ageing", "allowed": None}
    assert json.loads(told.out)["model_age"] == found
    assert "<strong>An ageing model.</strong>" in Path("r.html").read_text(encoding="utf-8")

    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert scored(universe, artefact, EXPIRED) == 6
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith(
        "giants: the model is too old for firms as of 2028-06-30: its newest labels were known by "
    )
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_e16_a_reason_lets_an_expired_champion_answer_and_is_recorded(universe, artefact, capsys):
    assert scored(universe, artefact, EXPIRED, "--allow-stale", " ") == 6
    assert scored(universe, artefact, EXPIRED, "--allow-stale", "no <newer> data\x1b", "--json") == 0
    told = capsys.readouterr()
    assert told.err.endswith("it has expired, 24 are allowed; allowed: no <newer> data\\x1b\n")
    age = json.loads(told.out)["model_age"]
    assert (age["staleness"], age["allowed"]) == ("expired", "no <newer> data\x1b")
    page = Path("r.html").read_text(encoding="utf-8")
    assert "<strong>An expired model.</strong>" in page
    assert "no &lt;newer&gt; data" in page


def test_e17_a_batch_with_one_score_for_all_is_not_published(universe, model, tmp_path, capsys):
    booster = from_text(to_text(model.market.booster))
    for tree, told in enumerate(booster.dump_model()["tree_info"]):
        for leaf in range(told["num_leaves"]):
            booster.set_leaf_output(tree, leaf, 0.01)
    head = Head(from_text(to_text(booster)), model.market.calibration)
    unwritten = model.manifest.model_copy(update={"files": {}, "digest": ""})
    flat = tmp_path / "flat"
    write_artefact(replace(model, market=head, manifest=unwritten), flat)
    before = sorted(tmp_path.iterdir())
    assert scored(universe, flat, "2025-12-31", "--quarantine", "q.csv") == 6
    told = capsys.readouterr()
    assert told.out == ""
    assert "firms get one and the same probability, which tells no firm from another; look at the" in told.err
    assert sorted(tmp_path.iterdir()) == before
    # Of a few firms that may be true.
    Path("few.txt").write_text("\n".join(model_firms(universe)[:20]), encoding="utf-8")
    assert scored(universe, flat, "2025-12-31", "--firms", "few.txt") == 0


def model_firms(universe) -> list[str]:
    """Firms that are at risk on the last day, as the command itself says."""
    from datetime import date

    from littlegiants.features.asof.cohort import cohort
    from littlegiants.features.asof.snapshot import Snapshot
    from littlegiants.ingest.readers.read import read_tables

    tables = read_tables(universe)
    return list(tables.firm_ids[cohort(Snapshot(tables, date(2025, 12, 31)))])
