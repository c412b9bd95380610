"""An artefact gives back the model bit for bit; one that is signed but unsound is refused in one line."""

import io
import json
import os
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from tests.models.forging import FILES, edit, manifest_of, refused, sign


def test_a_model_comes_back_bit_for_bit(trained, artefact, model, matrix, tmp_path):
    assert sorted(path.name for path in artefact.iterdir()) == sorted(FILES)
    written = write_artefact(trained.model, tmp_path / "again")
    assert written.manifest == model.manifest
    before, after = written.score(matrix), model.score(matrix)
    for name in SCORE_COLUMNS:
        np.testing.assert_array_equal(before[name], after[name])


def test_writing_what_was_read_gives_the_same_bytes(artefact, model, tmp_path):
    write_artefact(model, tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (artefact / name).read_bytes()


def test_a_model_without_a_subsidised_head_comes_back(trained, matrix, tmp_path):
    lone = write_artefact(replace(trained.model, subsidised=None), tmp_path / "lone")
    again = read_artefact(tmp_path / "lone")
    assert again.subsidised is None
    assert not (tmp_path / "lone" / "model_subsidised.txt").exists()
    assert again.manifest == lone.manifest
    np.testing.assert_array_equal(again.score(matrix)["p_market"], lone.score(matrix)["p_market"])


def test_a_model_from_before_cohorts_were_kept_is_read_and_scores_the_same(trained, model, matrix, tmp_path):
    earlier = write_artefact(replace(trained.model, cohort=None), tmp_path / "earlier")
    again = read_artefact(tmp_path / "earlier")
    assert not (tmp_path / "earlier" / "cohort.json").exists()
    assert (again.cohort, again.manifest) == (None, earlier.manifest)
    np.testing.assert_array_equal(again.score(matrix)["p_market"], model.score(matrix)["p_market"])


def test_a_cohort_comes_back_as_it_was(trained, model):
    assert model.cohort == trained.model.cohort


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"firms": 0}, "firms"),
        ({"firms": 10**6}, "are not of 1,000,000 firms"),
        ({"features": {}}, "has other features than manifest.json lists"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
        ({"withheld": {f"reason{number}": 1 for number in range(5_000)}}, "has more than 5,000 keys"),
    ],
)
def test_an_unsound_cohort_is_refused(copy, changes, message):
    cohort = json.loads((copy / "cohort.json").read_text())
    (copy / "cohort.json").write_text(json.dumps(cohort | changes))
    sign(copy)
    refused(copy, "cohort.json", message)


def test_a_cohort_that_is_no_json_is_refused(copy):
    (copy / "cohort.json").write_bytes(b"\x80\x04.")
    sign(copy)
    refused(copy, "cohort.json", "is not JSON of cohorts")


def test_nothing_in_it_is_code_and_nobody_else_may_write_it(artefact, tmp_path, trained):
    old = os.umask(0)
    try:
        write_artefact(trained.model, tmp_path / "open")
    finally:
        os.umask(old)
    for path in (tmp_path / "open", *(tmp_path / "open").iterdir()):
        assert not path.stat().st_mode & (stat.S_IWOTH | stat.S_IWGRP)
    for path in artefact.iterdir():
        assert not path.stat().st_mode & 0o111
        assert b"import " not in path.read_bytes()


@pytest.mark.parametrize("kind", ["folder", "full folder", "file", "dangling link"])
def test_nothing_is_overwritten(trained, tmp_path, kind):
    there = tmp_path / "there"
    if kind == "file":
        there.write_text("mine")
    elif kind == "dangling link":
        there.symlink_to(tmp_path / "nowhere")
    else:
        there.mkdir()
        if kind == "full folder":
            (there / "mine.txt").write_text("mine")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(ArtefactError, match=r"exists already; an artefact is never overwritten, name another folder$"):
        write_artefact(trained.model, there)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_a_write_that_fails_leaves_nothing_behind(trained, tmp_path):
    class NoParquet:
        def to_frame(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_artefact(replace(trained.model, population=NoParquet()), tmp_path / "models" / "new")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_another_job_made_meanwhile_is_not_touched(trained, tmp_path):
    class Slow:
        def to_frame(self):
            (tmp_path / "new").mkdir()
            (tmp_path / "new" / "theirs.txt").write_text("theirs")
            return trained.model.population.to_frame()

    with pytest.raises(ArtefactError, match=r"new cannot be written: Directory not empty$"):
        write_artefact(replace(trained.model, population=Slow()), tmp_path / "new")
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "theirs.txt"]


def test_a_place_that_cannot_be_written_is_named(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtefactError, match=r"file/model cannot be written: (File exists|Not a directory)$"):
        write_artefact(trained.model, tmp_path / "file" / "model")


def test_a_signed_copy_is_an_artefact(copy, model):
    sign(copy)
    assert read_artefact(copy).manifest == model.manifest


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (lambda names: names[1:], f"it lacks nothing and adds [{FEATURES[0]!r}]"),
        (lambda names: [*names, "luck"], "it lacks ['luck'] and adds nothing"),
        (lambda names: [names[1], names[0], *names[2:]], "in another order"),
        (lambda names: names[:0], "it lacks nothing and adds"),
    ],
)
def test_other_signals_are_refused(copy, no_parser, turn, words):
    sign(copy, features=turn(manifest_of(copy)["features"]))
    refused(copy, "manifest.json", words)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("market", "slope", -1.0),
        ("market", "slope", 0),
        ("market", "intercept", float("nan")),
        ("market", "scores", [0.5]),
        ("interval", "drift", -0.1),
        ("interval", "drift", float("nan")),
        ("interval", "drift", None),
        ("interval", "low", [0.5]),
    ],
)
def test_an_unsound_calibration_or_interval_is_refused(copy, no_parser, section, key, value):
    calibration = json.loads((copy / "calibration.json").read_text())
    calibration[section][key] = value
    (copy / "calibration.json").write_text(json.dumps(calibration))
    sign(copy)
    refused(copy, "calibration.json", f"{section}.{key}")


@pytest.mark.parametrize(
    "reference", [[], [0.5], [0.5] * 1_000, [0.6] * 1_000 + [0.5], [-0.1] * 1_001, [0.5] * 1_000 + [1.1], ["x"] * 1_001]
)
def test_an_unsound_reference_is_refused(copy, no_parser, reference):
    calibration = json.loads((copy / "calibration.json").read_text())
    (copy / "calibration.json").write_text(json.dumps(calibration | {"reference": reference}))
    sign(copy)
    refused(copy, "calibration.json", "reference")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b"\x80\x04.",
        ("{" + ",".join(f'"k{key}":1' for key in range(1_000_000)) + "}").encode(),
    ],
    ids=["empty", "list", "open", "deep", "pickle", "a million keys"],
)
def test_a_calibration_file_that_is_none_is_refused(copy, no_parser, content):
    (copy / "calibration.json").write_bytes(content)
    sign(copy)
    refused(copy, "calibration.json", "has more than 12 keys" if len(content) > 1_000_000 else "")


def test_a_booster_without_its_calibration_is_refused(copy, no_parser):
    calibration = json.loads((copy / "calibration.json").read_text())
    (copy / "calibration.json").write_text(json.dumps(calibration | {"subsidised": None}))
    sign(copy)
    refused(copy, "calibration.json", "model_subsidised.txt", "do not fit together")


@pytest.mark.parametrize("columns", [["statistic"], ["statistic", "key", "month"], ["statistic", "key", "month", "n"]])
def test_a_context_with_other_columns_is_refused(copy, no_parser, columns):
    pd.DataFrame({name: ["a"] for name in columns}).to_parquet(copy / "context.parquet", index=False)
    sign(copy)
    refused(copy, "context.parquet", "does not have the columns statistic, key, month, count")


def test_a_context_that_is_no_parquet_is_refused(copy, no_parser):
    buffer = io.BytesIO()
    pd.DataFrame({"a": [1]}).to_parquet(buffer)
    for content in (b"", b"PAR1", buffer.getvalue()[:-9]):
        (copy / "context.parquet").write_bytes(content)
        sign(copy)
        refused(copy, "context.parquet", "is not a Parquet file")


def test_a_booster_of_other_columns_is_refused(copy):
    for name in ("model.txt", "model_subsidised.txt"):
        whole = (copy / name).read_bytes()
        edit(copy / name, b"feature_names=", b"feature_names=x")
        sign(copy)
        refused(copy, name, "has other columns")
        (copy / name).write_bytes(whole)


def test_a_booster_that_is_no_text_is_refused(copy, capfd):
    for content in (b"", b"\xff\xfe", b"tree\n"):
        (copy / "model.txt").write_bytes(content)
        sign(copy)
        refused(copy, "model.txt", "is not a LightGBM model in text form")
    capfd.readouterr()
