"""Training again from the record gives the same artefact, or says what is no longer the same."""

from dataclasses import replace

import pandas as pd
import pytest

from littlegiants.ingest.errors import ReplayError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.training.pipeline import train
from littlegiants.training.replay import replay
from tests.small_model import merged, small_config

pytestmark = pytest.mark.slow

TINY = {"booster": {"trees": 12}}


@pytest.fixture(scope="module")
def recorded(tables, tmp_path_factory):
    """Manifest of a tiny model, as it comes from its artefact."""
    folder = tmp_path_factory.mktemp("replayed") / "model"
    write_artefact(train(tables, small_config(**TINY)).model, folder)
    return read_artefact(folder).manifest


def forged(recorded, **changes):
    """The record with something else in it, signed again."""
    other = recorded.model_copy(update={**changes, "digest": ""})
    return other.model_copy(update={"digest": other.own_digest()})


def what(found):
    return [difference.what for difference in found.differences]


def test_the_same_data_settings_and_seed_give_the_same_digest(recorded, tables):
    found = replay(recorded, tables)
    assert found.same
    assert (found.digest, found.differences) == (recorded.digest, ())


def test_marks_that_were_added_later_do_not_matter(recorded, tables):
    marked = forged(recorded, unstable_reasons=("age_years",))
    assert replay(marked, tables).same


def test_a_model_of_before_a_key_of_the_manifest_gives_its_digest(recorded, tables):
    old = forged(recorded, observed_columns={})
    assert b"observed_columns" in recorded.to_json()
    assert b"observed_columns" not in old.to_json()
    assert replay(old, tables).same


def test_a_model_of_before_cohorts_were_kept_gives_its_digest(recorded, tables):
    old = forged(recorded, files={name: digest for name, digest in recorded.files.items() if name != "cohort.json"})
    assert len(old.files) == len(recorded.files) - 1
    assert replay(old, tables).same


def test_rows_known_after_the_training_do_not_matter(tables, tmp_path):
    model = train(tables, small_config(**merged(TINY, {"dates": {"known_by": "2024-06-30"}}))).model
    # Recorded as if the data had ended on that day by themselves.
    dates = {**model.manifest.config["dates"], "known_by": None}
    manifest = model.manifest.model_copy(update={"config": {**model.manifest.config, "dates": dates}})
    earlier = tables.known_by(model.manifest.dates.known_by)
    assert earlier.digest() != tables.digest()
    written = write_artefact(replace(model, manifest=manifest), tmp_path / "model").manifest
    found = replay(written, tables)
    assert found.same, found


def test_other_data_are_named_and_nothing_is_trained(recorded, universe):
    names = ("firms", "rounds", "grants", "patents", "recognitions", "financials", "investments", "outcomes")
    frames = {name: pd.read_csv(universe / f"{name}.csv", dtype=str, keep_default_na=False) for name in names}
    frames["rounds"] = frames["rounds"].iloc[1:]
    found = replay(recorded, Tables.from_frames(frames))
    assert not found.same
    assert (what(found), found.digest) == (["data"], "")


def test_other_settings_are_named(recorded, tables):
    found = replay(forged(recorded, config={**recorded.config, "seed": 8}), tables)
    # The seed of the record is taken, as all of it: it is the artefact that is not of this seed.
    assert not found.same
    assert "file model.txt" in what(found)
    lacking = {key: value for key, value in recorded.config.items() if key != "refit"}
    found = replay(forged(recorded, config=lacking), tables)
    first = found.differences[0]
    assert (first.what, first.recorded, first.now) == ("config refit", "not set", "True")


def test_settings_of_another_version_are_refused(recorded, tables):
    other = forged(recorded, config={**recorded.config, "colour": "red"})
    with pytest.raises(ReplayError, match=r"other settings than there are now, such as 'colour'$"):
        replay(other, tables)


def test_other_libraries_are_named(recorded, tables):
    versions = {**recorded.versions, "numpy": "1.0", "abacus": "3"}
    found = replay(forged(recorded, versions=versions), tables)
    assert not found.same
    assert [(d.what, d.recorded) for d in found.differences[:2]] == [("version numpy", "1.0"), ("version abacus", "3")]
    assert found.differences[1].now == "not installed"


def test_other_signals_are_named_and_nothing_is_trained(recorded, tables):
    found = replay(forged(recorded, features=recorded.features[1:]), tables)
    assert (what(found), found.digest) == (["signals"], "")


def test_an_artefact_that_no_training_gives_is_told_by_its_files(recorded, tables):
    files = {**recorded.files, "model.txt": "0" * 64}
    found = replay(forged(recorded, files=files), tables)
    assert "file model.txt" in what(found)
    assert not any(name.startswith(("data", "config", "version")) for name in what(found))
