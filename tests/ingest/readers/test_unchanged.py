"""A file that changes while it is read stops the work, and nothing else does."""

import os

import pytest

from littlegiants.ingest.errors import StopError
from littlegiants.ingest.readers.unchanged import unchanged


@pytest.fixture
def path(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    return tmp_path / "file"


def test_reading_a_file_does_not_change_it(path):
    with unchanged(path):
        assert path.read_bytes() == b"abc"


def test_an_error_of_the_block_is_its_own(path):
    with pytest.raises(ValueError, match="damaged"), unchanged(path):
        raise ValueError("damaged")


def test_a_change_of_the_same_length_with_the_time_set_back_is_noticed(path):
    before = path.stat()

    def rewrite():
        path.write_bytes(b"xyz")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    with pytest.raises(StopError, match="file changed while it was read"), unchanged(path):
        rewrite()


def test_an_error_that_comes_of_the_change_is_told_as_the_change(path):
    def read_what_is_gone():
        path.unlink()
        path.read_bytes()

    with pytest.raises(StopError, match="file changed while it was read") as caught, unchanged(path):
        read_what_is_gone()
    assert isinstance(caught.value.__context__, FileNotFoundError)
