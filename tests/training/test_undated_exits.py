"""Firms whose exit has no date."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.training.undated_exits import read_undated


def test_exits_count_and_closures_do_not(tmp_path):
    text = "firm_id,kind,source\nNA,acquisition,x\nb,closure,x\nc,ipo,\n007,ipo,\nNA,ipo,\n"
    (tmp_path / "undated_exits.csv").write_text(text)
    assert read_undated(tmp_path) == read_undated(str(tmp_path)) == {"NA", "c", "007"}


def test_without_the_file_there_are_none(tmp_path):
    assert read_undated(tmp_path) == frozenset()
    assert read_undated("postgresql://user@host/db") == frozenset()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"firm_id,what\na,ipo\n", r"needs the columns firm_id and kind; it has firm_id, what$"),
        (b"", r"is not a CSV file in UTF-8: "),
        (b"firm_id,kind\n\xff\xfe,ipo\n", r"is not a CSV file in UTF-8: "),
        (b'firm_id,kind\n"a,ipo\n', r"is not a CSV file in UTF-8: "),
        (b"firm_id,kind\na,ipo\nb,ipo,x,y\n", r"is not a CSV file in UTF-8: "),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(tmp_path, content, message):
    (tmp_path / "undated_exits.csv").write_bytes(content)
    with pytest.raises(TableError, match=message) as caught:
        read_undated(tmp_path)
    assert len(str(caught.value).splitlines()) == 1
