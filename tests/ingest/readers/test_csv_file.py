"""Records of a CSV file, each with its number, whatever the file's ends, quotes and encodings."""

import csv
import io

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers import csv_file
from littlegiants.ingest.readers.csv_file import read_csv


def read(path, data):
    """Read bytes as a firms table: records by number, and what was set apart as (number, code, value)."""
    (path / "firms.csv").write_bytes(data)
    raw = read_csv(path / "firms.csv", "firms")
    records = dict(zip(raw.rows.tolist(), raw.frame.astype(object).values.tolist(), strict=True))
    return records, raw.rejected.frame()[["row", "code", "value"]].values.tolist()


@pytest.mark.parametrize(
    "data",
    [
        b"firm_id,name\na,x\nb,y\n",
        b"firm_id,name\na,x\nb,y",
        b"firm_id,name\r\na,x\r\nb,y\r\n",
        b"firm_id,name\ra,x\rb,y\r",
        b"firm_id,name\ra,x\rb,y",
        b"\xef\xbb\xbffirm_id,name\na,x\nb,y\n",
        b'\xef\xbb\xbf"firm_id","name"\n"a","x"\n"b","y"\n',
        b"firm_id,name\n\na,x\n\n\nb,y\n\n",
        b'firm_id,name\n"a",x\nb,"y"',
    ],
)
def test_the_same_two_records(data, tmp_path):
    raw = read_csv_of(tmp_path, data)
    assert raw.frame.columns.tolist() == ["firm_id", "name"]
    assert read(tmp_path, data) == ({1: ["a", "x"], 2: ["b", "y"]}, [])


def read_csv_of(path, data):
    (path / "firms.csv").write_bytes(data)
    return read_csv(path / "firms.csv", "firms")


@pytest.mark.parametrize(
    "data", [b"firm_id,name", b"firm_id,name\n", b"firm_id,name\r\n\r\n", b"\xef\xbb\xbffirm_id,name"]
)
def test_a_header_alone_is_a_table_without_rows(data, tmp_path):
    assert read_csv_of(tmp_path, data).frame.columns.tolist() == ["firm_id", "name"]
    assert read(tmp_path, data) == ({}, [])


@pytest.mark.parametrize(
    ("data", "error"), [(b"", TableError), (b"\n", pa.ArrowInvalid), (b"\xef\xbb\xbf", pa.ArrowInvalid)]
)
def test_an_empty_file_is_an_error(data, error, tmp_path):
    with pytest.raises(error, match=r"[Ee]mpty"):
        read(tmp_path, data)


@pytest.mark.parametrize("data", [b"firm_id\na\n\nb", b"firm_id\r\na\r\nb\r\n", b'firm_id\n"a"\nb\n'])
def test_a_table_may_have_one_column(data, tmp_path):
    assert read(tmp_path, data) == ({1: ["a"], 2: ["b"]}, [])


def test_quoted_fields_hold_commas_quotes_and_line_ends(tmp_path):
    data = b'firm_id,name\na,"x, y"\nb,"say ""no"""\nc,"two\nlines"\nd,"two\r\nlines"\ne,\nf,""\ng,5" pipe\n'
    names = ["x, y", 'say "no"', "two\nlines", "two\r\nlines", "", "", '5" pipe']
    assert read(tmp_path, data) == (
        {n: [f, name] for n, (f, name) in enumerate(zip("abcdefg", names, strict=True), 1)},
        [],
    )


def test_ragged_records_are_set_apart_and_numbered_right_after_others(tmp_path):
    data = b'firm_id,name\na,"x\ny"\nb\nc,z\n\nd,e,f\ng,h\ni\nj,"k\nl",m\nn,o\n,,\n'
    assert read(tmp_path, data) == (
        {1: ["a", "x\ny"], 3: ["c", "z"], 5: ["g", "h"], 8: ["n", "o"]},
        [
            [2, "ragged_row", "b"],
            [4, "ragged_row", "d,e,f"],
            [6, "ragged_row", "i"],
            [7, "ragged_row", 'j,"k\nl",m'],
            [9, "ragged_row", ",,"],
        ],
    )


@pytest.mark.parametrize(
    ("tail", "value"),
    [
        (b'c,"x', "c,x"),
        (b'c,"x\n', "c,x"),
        (b'c,"x\nd,y\ne,z\n', "c,x\nd,y\ne,z"),
        (b'c,"x""\nd,y\n', 'c,x"\nd,y'),
        (b'"c,x\nd,y\n', '"c,x\nd,y'),
        (b'c,x,"y\nd\n', 'c,x,"y\nd'),
        (b'c,"', "c,"),
    ],
)
def test_a_quote_that_never_ends_is_set_apart_with_all_it_swallowed(tail, value, tmp_path):
    head = b"firm_id,name\na,x\nb\nb,y\n"
    assert read(tmp_path, head + tail) == (
        {1: ["a", "x"], 3: ["b", "y"]},
        [[2, "ragged_row", "b"], [4, "unterminated_quote", value]],
    )


def test_the_ending_that_reading_adds_is_no_reserved_word(tmp_path):
    data = b"firm_id,name\n\x03,\x03\n\x03,\x03\n"
    assert read(tmp_path, data) == ({1: ["\x03", "\x03"], 2: ["\x03", "\x03"]}, [])
    assert read(tmp_path, data + b'"\n') == ({1: ["\x03"] * 2, 2: ["\x03"] * 2}, [[3, "unterminated_quote", '"']])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"firm_id,name,firm_id\na,x,b\n", "column 'firm_id' stands twice in the header"),
        (b"firm_id,,\na,x,b\n", "column '' stands twice"),
        ("firm_id,name\na,x\n".encode("utf-16"), "is UTF-16; save it as UTF-8"),
        ("firm_id,name\na,雅安\nb,x\n".encode("gb18030"), "is not UTF-8, see its record 1; save it as UTF-8"),
        ("firm_id,name\na,x\nb,Gr\xfcn\n".encode("latin1"), "is not UTF-8, see its record 2"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole(data, message, tmp_path):
    with pytest.raises(TableError, match=message):
        read(tmp_path, data)


@pytest.mark.parametrize(
    "data", ["firm_id,Größe\na,x\n".encode("latin1"), b"\xff\n\n", "firm_id,name\na,x".encode("utf-16")[2:]]
)
def test_a_header_that_is_no_utf8_is_an_error(data, tmp_path):
    if data[1:2] == b"\0":  # UTF-16 without its mark is text of zero bytes: a header that no table has
        assert read_csv_of(tmp_path, data).unread[0] == "f\0i\0r\0m\0_\0i\0d\0"
        return
    with pytest.raises(UnicodeDecodeError):
        read(tmp_path, data)


def test_single_records_in_another_encoding_are_set_apart(tmp_path):
    good = "firm_id,name,größe\na,Ærø,ß\nb,𠮷,\n".encode()
    bad = "c,Grün,\nd,x,Größe\n".encode("latin1") + "e,雅安,z,z\n".encode("gb18030") + b"f\n"
    records, apart = read(tmp_path, b"\xef\xbb\xbf" + good + bad + "g,é,".encode())
    assert records == {1: ["a", "Ærø"], 2: ["b", "𠮷"], 4: ["d", "x"], 7: ["g", "é"]}
    assert [fault[:2] for fault in apart] == [[3, "undecodable_text"], [5, "ragged_row"], [6, "ragged_row"]]
    raw = read_csv(tmp_path / "firms.csv", "firms")
    assert (raw.frame.columns.tolist(), raw.unread) == (["firm_id", "name"], ("größe",))


def test_a_name_of_a_megabyte_is_read(tmp_path):
    records, apart = read(tmp_path, b"firm_id,name\na," + b"x" * 1_000_000 + b"\nb,y\n")
    assert [len(name) for _, name in records.values()] == [1_000_000, 1]
    assert apart == []


def test_numbers_of_records_go_on_from_block_to_block(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "_BLOCK", 64)
    lines = [f"{n},x" if n % 7 else f"{n}" for n in range(1, 200)]
    records, apart = read(tmp_path, ("firm_id,name\n" + "\n".join(lines)).encode())
    assert records == {n: [str(n), "x"] for n in range(1, 200) if n % 7}
    assert [(row, value) for row, _, value in apart] == [(n, str(n)) for n in range(7, 200, 7)]


@given(rows=st.lists(st.lists(st.text(st.sampled_from('a",\nü\r; '), max_size=5), min_size=2, max_size=2), max_size=6))
def test_what_the_standard_library_writes_is_read_back(rows, tmp_path_factory):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["firm_id", "name"], *rows])
    records, apart = read(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    assert (list(records.values()), apart) == (rows, [])


@pytest.mark.parametrize(
    "name", ["NA", "NULL", "None", "nan", "TRUE", "1E10", "000000000123456789", "#NAME?", "=cmd|' /C calc'!A0"]
)
def test_nothing_is_taken_for_a_null_or_a_number(name, tmp_path):
    records, _ = read(tmp_path, f"firm_id,name\n{name},{name}\n".encode())
    assert records == {1: [name, name]}
    assert isinstance(read_csv(tmp_path / "firms.csv", "firms").frame["firm_id"].dtype, pd.StringDtype)


LINES = st.sampled_from([b"a,x", b"b", b'"c\nd",y', b"e,\xfc", b"f,\xc3\xbc", b"", b"g,h,i", b'j,"k'])


def joined(chunks):
    """What chunks hold together: rows by number, what was set apart, and the unread columns of each chunk."""
    frames = [chunk.frame.astype(object).values.tolist() for chunk in chunks]
    records = list(
        zip([n for chunk in chunks for n in chunk.rows.tolist()], [r for f in frames for r in f], strict=True)
    )
    apart = [record for chunk in chunks for record in chunk.rejected.frame().values.tolist()]
    return records, sorted(apart, key=str), {chunk.unread for chunk in chunks}


@given(lines=st.lists(LINES, max_size=30), rows=st.integers(1, 9))
def test_chunks_are_together_the_whole(lines, rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("csv") / "firms.csv"
    path.write_bytes(b"\n".join([b"firm_id,name,founded_on,colour", *(line + b",2001-02-03,red" for line in lines)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_file, "_BLOCK", 128)

        def found(rows):
            try:
                return joined(list(csv_file.csv_chunks(path, "firms", rows=rows)))
            except TableError as error:
                return str(error)

        assert found(rows) == found(None)


def test_chunks_are_small(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_file, "_BLOCK", 256)
    (tmp_path / "firms.csv").write_text("firm_id\n" + "".join(f"f{n}\n" for n in range(1_000)))
    sizes = [len(chunk.frame) for chunk in csv_file.csv_chunks(tmp_path / "firms.csv", "firms", rows=100)]
    assert sum(sizes) == 1_000
    assert max(sizes) < 200
