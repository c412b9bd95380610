"""Frames as files: the same bits, the same text, harmless in a spreadsheet."""

import csv
import itertools
import math
import struct

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files import frames
from littlegiants.ingest.files.formula_guard import guard
from littlegiants.ingest.files.frames import ROW_GROUP, frame_writer, write_frame
from littlegiants.ingest.tables.quarantine import Quarantine

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
    assert texts == [guard(word) for word in words]


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


def test_missing_number_is_null_in_parquet(tmp_path):
    write_frame(pd.DataFrame({"p": [0.5, np.nan]}), tmp_path / "p.parquet")
    assert pq.read_table(tmp_path / "p.parquet")["p"].to_pylist() == [0.5, None]


def test_parquet_is_written_in_row_groups_of_65536(tmp_path):
    write_frame(pd.DataFrame({"p": np.zeros(2 * ROW_GROUP + 1)}), tmp_path / "p.parquet")
    metadata = pq.read_metadata(tmp_path / "p.parquet")
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [65_536, 65_536, 1]


def test_quarantine_is_written_with_the_same_care(tmp_path):
    quarantine = Quarantine()
    quarantine.add("rounds", [3, 7], "amount", "not_a_number", ["=1+1", "1,5"])
    write_frame(quarantine.frame(), tmp_path / "quarantined.csv")
    text = (tmp_path / "quarantined.csv").read_text(encoding="utf-8")
    assert (
        text == 'table,row,column,code,value\nrounds,3,amount,not_a_number,\'=1+1\nrounds,7,amount,not_a_number,"1,5"\n'
    )
    write_frame(quarantine.frame(), tmp_path / "quarantined.parquet")
    assert pq.read_table(tmp_path / "quarantined.parquet").to_pylist() == quarantine.frame().to_dict("records")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_text_that_is_no_unicode_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"frame.{suffix}"
    path.write_text("old")
    with pytest.raises(ConfigError, match=r"cannot be written: .*surrogates not allowed"):
        write_frame(pd.DataFrame({"firm_id": pd.Series(["a"] * ROW_GROUP + ["\ud800"], dtype=object)}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("name", "said"), [("f.ods", "ends in '.ods'"), ("f", "no suffix"), ("f.csv.gz", "'.gz'")])
def test_other_suffixes_are_refused(tmp_path, name, said):
    with pytest.raises(ConfigError, match=rf"{said}; name a file that ends in \.csv or \.parquet"):
        write_frame(pd.DataFrame({"p": [0.5]}), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@given(cuts=st.lists(st.integers(0, 40), max_size=6), group=st.integers(1, 12))
def test_the_bytes_do_not_depend_on_the_frames_that_rows_come_in(cuts, group, suffix, tmp_path_factory):
    folder = tmp_path_factory.mktemp("frames")
    frame = pd.DataFrame(
        {"firm_id": [f"f{n % 7}" for n in range(40)], "p": np.arange(40) / 7, "no": [True, False] * 20}
    )
    frame.loc[::5, "p"] = np.nan
    bounds = [0, *sorted(cuts), 40]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "ROW_GROUP", group)
        write_frame(frame, folder / f"whole{suffix}")
        with frame_writer(folder / f"parts{suffix}") as write:
            for first, last in itertools.pairwise(bounds):
                write(frame.iloc[first:last])
    assert (folder / f"parts{suffix}").read_bytes() == (folder / f"whole{suffix}").read_bytes()


def broken_off(path) -> None:
    with frame_writer(path) as write:
        write(pd.DataFrame({"p": [0.5]}))
        raise ZeroDivisionError


def test_an_error_between_two_frames_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError):
        broken_off(tmp_path / "scores.parquet")
    assert list(tmp_path.iterdir()) == []
