"""Files of scores say what the frame says, whole or not at all."""

import csv
import math
import os
import resource
import struct

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.serving.output import write_scores


def same(read: float, written: float) -> bool:
    return math.isnan(read) if math.isnan(written) else struct.pack("<d", read) == struct.pack("<d", written)


def test_scores_in_csv_say_what_the_frame_says(tmp_path, scores):
    path = tmp_path / "scores.csv"
    write_scores(scores, path)
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert tuple(read[0]) == SCORE_COLUMNS
    assert [row["firm_id"] for row in read] == scores["firm_id"].tolist()
    assert [row["abstained"] for row in read] == ["true" if flag else "false" for flag in scores["abstained"]]
    for name in scores.select_dtypes("float64"):
        assert all(same(float(row[name] or "nan"), p) for row, p in zip(read, scores[name], strict=True)), name


def test_scores_in_parquet_are_the_frame(tmp_path, scores):
    path = tmp_path / "scores.PARQUET"
    write_scores(scores, path)
    pd.testing.assert_frame_equal(pd.read_parquet(path), scores)
    kinds = {field.name: field.type for field in pq.read_schema(path)}
    assert kinds["p_market"] == pa.float64()
    assert kinds["abstained"] == pa.bool_()
    assert kinds["firm_id"] == kinds["reason_1"] == pa.string()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_no_rows_still_make_a_file_with_its_columns(tmp_path, scores, suffix):
    path = tmp_path / f"scores.{suffix}"
    write_scores(scores.iloc[:0], path)
    read = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    assert tuple(read.columns) == SCORE_COLUMNS
    assert read.empty


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_same_frame_same_bytes(tmp_path, scores, suffix):
    for name in ("a", "b"):
        write_scores(scores, tmp_path / f"{name}.{suffix}")
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


@pytest.mark.parametrize(("name", "said"), [("s.ods", "ends in '.ods'"), ("s", "no suffix"), ("s.csv.gz", "'.gz'")])
def test_other_suffixes_are_refused(tmp_path, scores, name, said):
    with pytest.raises(ConfigError, match=rf"{said}; name a file that ends in \.csv or \.parquet"):
        write_scores(scores, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_one_line(tmp_path, scores):
    with pytest.raises(ConfigError, match=r"none/s\.csv cannot be written: No such file or directory$"):
        write_scores(scores, tmp_path / "none" / "s.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_folder_without_permission(tmp_path, scores):
    tmp_path.chmod(0o500)
    with pytest.raises(StopError, match=r"cannot be written: Permission denied$"):
        write_scores(scores, tmp_path / "s.csv")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, scores, suffix):
    path = tmp_path / f"scores.{suffix}"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(StopError, match=r"cannot be written: File too large$"):
            write_scores(pd.concat([scores] * 10), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
