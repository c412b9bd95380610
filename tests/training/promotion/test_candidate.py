"""A model at the gate: read as far as it is sound, and refused before a parser where it is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.artefact.recorded_scores import recorded_rows as record
from littlegiants.training.promotion.candidate import Candidate, read, recorded_rows
from littlegiants.training.promotion.decision import Verdict
from tests.training.plain_model import plain_model, plain_panel


def written(folder: Path, **changes) -> Candidate:
    """A model in a folder, with its scores recorded, as it would be registered."""
    model = plain_model(files={})
    recorded = record(model, plain_panel().values)
    manifest = model.manifest.model_copy(update={"recorded_scores": recorded, **changes})
    made = write_artefact(replace(model, manifest=manifest), folder / "artefact")
    return Candidate(folder / "artefact", version=1, digest=made.manifest.digest)


def verdicts(checks):
    return [(check.code, check.verdict.value) for check in checks]


def test_a_sound_model_is_read(tmp_path):
    candidate = written(tmp_path)
    model, checks = read(candidate)
    assert model is not None
    assert model.manifest.digest == candidate.digest
    assert verdicts(checks) == [("artefact", "pass"), ("digest", "pass"), ("features", "pass"), ("golden_rows", "pass")]
    assert candidate.size == sum(len(path.read_bytes()) for path in candidate.folder.iterdir())


@pytest.fixture
def no_parser(monkeypatch):
    def reached(_folder):
        raise AssertionError("a parser was reached")

    monkeypatch.setattr("littlegiants.training.promotion.candidate.read_artefact", reached)


@pytest.mark.usefixtures("no_parser")
def test_another_artefact_than_the_registered_one_is_not_parsed(tmp_path):
    model, checks = read(replace(written(tmp_path), digest="f" * 64))
    assert model is None
    assert verdicts(checks) == [("digest", "refuse"), ("features", "pass")]
    assert f"but {'f' * 64} was registered" in checks[0].sentence


@pytest.mark.usefixtures("no_parser")
def test_a_model_of_other_signals_is_not_parsed(tmp_path):
    model, checks = read(written(tmp_path, features=FEATURES[:-1]))
    assert model is None
    assert verdicts(checks) == [("digest", "pass"), ("features", "refuse")]


@pytest.mark.usefixtures("no_parser")
def test_a_damaged_file_is_found_by_its_digest(tmp_path):
    candidate = written(tmp_path)
    (candidate.folder / "model.txt").write_text("tree")
    model, checks = read(candidate)
    assert model is None
    assert verdicts(checks) == [("artefact", "refuse")]
    assert "model.txt" in checks[0].sentence


def test_outside_of_a_registry_no_digest_is_expected(tmp_path):
    assert read(replace(written(tmp_path), digest=""))[0] is not None


def test_recorded_rows_that_score_otherwise_are_counted():
    model = plain_model()
    recorded = record(model, plain_panel().values)
    other = recorded[3].model_copy(update={"scores": "0.5 0.4 0.6 nan"})
    changed = (*recorded[:3], other, *recorded[4:])
    check = recorded_rows(replace(model, manifest=model.manifest.model_copy(update={"recorded_scores": changed})))
    assert check.verdict is Verdict.REFUSE
    assert check.sentence == "1 of 17 recorded rows score otherwise than at training, row 3 first"
    check = recorded_rows(replace(model, manifest=model.manifest.model_copy(update={"recorded_scores": recorded})))
    assert (check.verdict, check.figures) == (Verdict.PASS, {"rows": 17})


def test_a_model_without_recorded_rows_cannot_show_that_it_scores_the_same():
    check = recorded_rows(plain_model())
    assert check.verdict is Verdict.REFUSE
    assert "no rows were recorded at training" in check.sentence
