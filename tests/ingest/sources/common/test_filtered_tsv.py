"""Tables too large to hold: only the asked-for records are kept, and every other one is counted."""

import hashlib
import zipfile

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common import filtered_tsv
from littlegiants.ingest.sources.common.filtered_tsv import Among, read_filtered

TABLE = 'patent_id\ttitle\tkind\n"1"\t"a ""b""\tc"\tx\n2\tCafé\ty\n\n3\tshort\n3\t \tx\n'


@pytest.fixture
def table(tmp_path):
    def make(text=TABLE):
        (tmp_path / "g_patent.tsv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return make


@pytest.fixture
def archive(tmp_path):
    def make(*members, name="g_patent.tsv.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as file:
            for member, content in members:
                file.writestr(member, content)
        return tmp_path

    return make


def test_quotes_tabs_and_odd_records(table):
    export = read_filtered(table(), "g_patent", ("patent_id", "title"))
    assert export.frame.to_dict("index") == {
        1: {"patent_id": "1", "title": 'a "b"\tc'},
        2: {"patent_id": "2", "title": "Café"},
        5: {"patent_id": "3", "title": ""},
    }
    assert str(export.reconcile()) == "g_patent.tsv: 5 read = 3 used + 2 quarantined (blank_row 1, ragged_row 1)"
    assert (export.encoding, export.digest) == ("utf-8", hashlib.sha256(TABLE.encode()).hexdigest())


def test_records_that_fail_a_rule_are_counted_under_the_first(table):
    rules = [Among("kind", {"x"}), Among("patent_id", {"3"}, "unmatched_firm")]
    export = read_filtered(table(), "g_patent", ("patent_id",), rules)
    assert export.frame["patent_id"].to_dict() == {5: "3"}
    assert str(export.reconcile()) == (
        "g_patent.tsv: 5 read = 1 used + 4 quarantined (blank_row 1, ragged_row 1, source_excluded 1, unmatched_firm 1)"
    )


def test_nothing_asked_for_is_an_empty_table(table):
    export = read_filtered(table(), "g_patent", ("patent_id",), [Among("kind", frozenset())])
    assert (len(export.frame), export.reconcile().quarantined) == (0, 5)


def test_small_archive_is_read_where_it_is(archive):
    export = read_filtered(archive(("g_patent.tsv", TABLE)), "g_patent", ("patent_id",))
    assert (export.name, export.read) == ("g_patent.tsv.zip", 5)


@pytest.mark.parametrize(
    "members", [[], [("other.tsv", TABLE)], [("../g_patent.tsv", TABLE)], [("g_patent.tsv", TABLE), ("x", "")]]
)
def test_archive_of_anything_else_is_refused(archive, members):
    with pytest.raises(TableError, match=r"must hold g_patent\.tsv alone and unlocked; unpack it"):
        read_filtered(archive(*members), "g_patent", ("patent_id",))


def test_large_archive_is_refused(archive):
    # Zeros shrink a thousandfold: the archive itself is small.
    folder = archive(("g_patent.tsv", bytes(filtered_tsv.ZIP_LIMIT + 1)))
    with pytest.raises(TableError, match=r"holds more than 64 MB; unpack it and leave g_patent\.tsv beside it"):
        read_filtered(folder, "g_patent", ("patent_id",))


def test_file_that_is_no_archive_is_refused(tmp_path):
    (tmp_path / "g_patent.tsv.zip").write_text(TABLE, encoding="utf-8")
    with pytest.raises(TableError, match="is no zip archive"):
        read_filtered(tmp_path, "g_patent", ("patent_id",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "column 'patent_id' must stand once in the header, which is "),
        ("title\tkind\n", "column 'patent_id' must stand once in the header, which is title, kind"),
        ("patent_id\tpatent_id\n", "column 'patent_id' must stand once"),
        ('patent_id\n"1\n2\n', "unexpected end of data; fetch it again"),
        (b"patent_id\nCaf\xe9\n", "is not UTF-8, as the source declares it"),
        ("patent_id\n" + "x" * 200_000, "field larger than field limit"),
    ],
)
def test_table_that_cannot_be_trusted_as_a_whole_is_refused(table, text, message):
    with pytest.raises(TableError, match=message):
        read_filtered(table(text), "g_patent", ("patent_id",))


def test_only_regular_files_are_read(tmp_path, table):
    with pytest.raises(TableError, match="is not a regular file"):
        read_filtered(tmp_path, "g_patent", ("patent_id",))
    (tmp_path / "g_link.tsv").symlink_to(table() / "g_patent.tsv")
    with pytest.raises(TableError, match="is not a regular file"):
        read_filtered(tmp_path, "g_link", ("patent_id",))
