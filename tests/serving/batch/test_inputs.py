"""The files that a job reads, with their digests."""

import hashlib
import shutil

import pytest

from littlegiants.ingest.errors import StopError
from littlegiants.serving.batch.inputs import Input, digested


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\na\n", encoding="utf-8")
    (tmp_path / "rounds").mkdir()
    (tmp_path / "rounds" / "one.csv").write_text("firm_id\n", encoding="utf-8")
    return tmp_path


def test_each_file_of_a_table_has_its_digest(folder):
    with digested(str(folder)) as found:
        assert found == (
            Input("firms.csv", 10, hashlib.sha256(b"firm_id\na\n").hexdigest()),
            Input("one.csv", 8, hashlib.sha256(b"firm_id\n").hexdigest()),
        )


def test_a_database_has_no_files():
    with digested("postgresql://host/name") as found:
        assert found == ()


@pytest.mark.parametrize("how", ["replaced", "grown", "removed"])
def test_a_file_that_changes_while_it_is_read_ends_the_job(how, folder):
    def change():
        path = folder / "rounds" / "one.csv"
        if how == "replaced":
            shutil.copy(path, folder / "copy")
            (folder / "copy").replace(path)
        elif how == "grown":
            path.write_bytes(path.read_bytes() + b"a\n")
        else:
            path.unlink()

    with pytest.raises(StopError, match=r"one\.csv changed while it was read"), digested(str(folder)):
        change()
