"""Files of scores: the same bits, whole or not at all, harmless in a spreadsheet."""

import csv
import math
import os
import resource
import stat
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.frames import ROW_GROUP, write_frame
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.models.scoring.model import SCORE_COLUMNS
from littlegiants.serving.output import write_scores

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0"]
FLOATS = st.lists(st.floats(width=64), min_size=1, max_size=40)
WORDS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=20)


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def same(read: float, written: float) -> bool:
    return math.isnan(read) if math.isnan(written) else bits(read) == bits(written)


@given(FLOATS)
def test_floats_come_back_from_csv_with_the_same_bits(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("csv") / "scores.csv"
    write_frame(pd.DataFrame({"firm_id": "a", "p": values}), path)
    texts = [row["p"] for row in rows(path)]
    assert all(
        text == "" if math.isnan(value) else text == repr(value) for text, value in zip(texts, values, strict=True)
    )
    assert all(same(float(text or "nan"), value) for text, value in zip(texts, values, strict=True))


@given(FLOATS)
def test_floats_come_back_from_parquet_with_the_same_bits(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("parquet") / "scores.parquet"
    write_frame(pd.DataFrame({"p": values}), path)
    read = pd.read_parquet(path)["p"].tolist()
    assert all(same(back, value) for back, value in zip(read, values, strict=True))


@given(WORDS)
def test_text_comes_back_from_csv_but_for_the_apostrophe(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("csv") / "frame.csv"
    write_frame(pd.DataFrame({"text": pd.Series(words, dtype="str"), "n": 1}), path)
    texts = [row["text"] for row in rows(path)]
    assert texts == [f"'{word}" if word.startswith(tuple("=+-@\t\r\n＝＋－＠")) else word for word in words]


@given(WORDS)
def test_text_comes_back_from_parquet_as_it_was(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("parquet") / "frame.parquet"
    write_frame(pd.DataFrame({"text": pd.Series(words, dtype="str")}), path)
    assert pq.read_table(path)["text"].to_pylist() == words


@pytest.mark.parametrize("cell", FORMULAS)
def test_formula_is_text_in_csv_and_numbers_are_untouched(tmp_path, cell):
    path = tmp_path / "scores.csv"
    write_frame(pd.DataFrame({"firm_id": [cell], "change": [-0.5], "count": [-3]}), path)
    assert rows(path) == [{"firm_id": f"'{cell}", "change": "-0.5", "count": "-3"}]


def test_scores_in_csv_say_what_the_frame_says(tmp_path, scores):
    path = tmp_path / "scores.csv"
    write_scores(scores, path)
    read = rows(path)
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


def test_missing_number_is_null_in_parquet(tmp_path):
    write_frame(pd.DataFrame({"p": [0.5, np.nan]}), tmp_path / "p.parquet")
    assert pq.read_table(tmp_path / "p.parquet")["p"].to_pylist() == [0.5, None]


def test_parquet_is_written_in_row_groups_of_65536(tmp_path):
    write_frame(pd.DataFrame({"p": np.zeros(2 * ROW_GROUP + 1)}), tmp_path / "p.parquet")
    metadata = pq.read_metadata(tmp_path / "p.parquet")
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [65_536, 65_536, 1]


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


def test_quarantine_is_written_with_the_same_care(tmp_path):
    quarantine = Quarantine()
    quarantine.add("rounds", [3, 7], "amount", "not_a_number", ["=1+1", "1,5"])
    write_frame(quarantine.frame(), tmp_path / "set-apart.csv")
    text = (tmp_path / "set-apart.csv").read_text(encoding="utf-8")
    assert (
        text == 'table,row,column,code,value\nrounds,3,amount,not_a_number,\'=1+1\nrounds,7,amount,not_a_number,"1,5"\n'
    )
    write_frame(quarantine.frame(), tmp_path / "set-apart.parquet")
    assert pq.read_table(tmp_path / "set-apart.parquet").to_pylist() == quarantine.frame().to_dict("records")


@pytest.mark.parametrize(("name", "said"), [("s.xlsx", "ends in '.xlsx'"), ("s", "no suffix"), ("s.csv.gz", "'.gz'")])
def test_other_suffixes_are_refused(tmp_path, scores, name, said):
    with pytest.raises(ConfigError, match=rf"{said}; name a file that ends in \.csv or \.parquet"):
        write_scores(scores, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_one_line(tmp_path, scores):
    with pytest.raises(ConfigError, match=r"none/s\.csv cannot be written: No such file or directory$"):
        write_scores(scores, tmp_path / "none" / "s.csv")


def test_folder_in_the_place_of_the_file(tmp_path, scores):
    (tmp_path / "s.csv").mkdir()
    with pytest.raises(ConfigError, match=r"s\.csv cannot be written: Is a directory$"):
        write_scores(scores, tmp_path / "s.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv"]


def test_file_in_the_place_of_the_folder(tmp_path, scores):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be written: Not a directory$"):
        write_scores(scores, tmp_path / "file" / "s.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_folder_without_permission(tmp_path, scores):
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match=r"cannot be written: Permission denied$"):
        write_scores(scores, tmp_path / "s.csv")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, scores, suffix):
    path = tmp_path / f"scores.{suffix}"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(ConfigError, match=r"cannot be written: File too large$"):
            write_scores(pd.concat([scores] * 10), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_text_that_is_no_unicode_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"frame.{suffix}"
    path.write_text("old")
    with pytest.raises(ConfigError, match=r"cannot be written: .*surrogates not allowed"):
        write_frame(pd.DataFrame({"firm_id": pd.Series(["a"] * ROW_GROUP + ["\ud800"], dtype=object)}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_replaced_file_keeps_its_permissions(tmp_path, scores):
    path = tmp_path / "scores.csv"
    path.touch(0o600)
    write_scores(scores, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size > 0
