"""Files from elsewhere: bounded in number, bytes and time."""

import threading
import time

import pytest

from littlegiants.ingest.errors import ArtefactError, RegistryError
from littlegiants.models.registry.download import BYTES, FILES, check_sizes, chunks, save, with_timeout


def test_sizes_as_announced():
    check_sizes({str(number): BYTES // FILES for number in range(FILES)})
    check_sizes({"a": None})
    with pytest.raises(RegistryError, match="larger than 104,857,600 bytes"):
        check_sizes({"a": BYTES, "b": None, "c": 1})
    with pytest.raises(RegistryError, match="lists 17 files"):
        check_sizes({str(number): 1 for number in range(FILES + 1)})


def test_a_file_is_written_as_it_comes_and_leaves_room(tmp_path):
    assert save([b"ab", b"", b"cde"], tmp_path / "file", 7) == 2
    assert (tmp_path / "file").read_bytes() == b"abcde"
    assert save([b"abc"], tmp_path / "file", 3) == 0


def test_more_than_there_is_room_for_is_never_written(tmp_path):
    sent = []

    def chunks():
        for number in range(100):
            sent.append(number)
            yield b"abc"

    with pytest.raises(RegistryError, match="sends more than"):
        save(chunks(), tmp_path / "file", 7)
    assert len(sent) == 3
    assert (tmp_path / "file").stat().st_size <= 7


def test_a_stream_is_given_piece_by_piece():
    left = [b"a", b"bc", b""]
    assert list(chunks(lambda _: left.pop(0))) == [b"a", b"bc"]


def test_work_in_time_gives_what_it_gives():
    assert with_timeout(5, lambda: 7, "it") == 7
    with pytest.raises(ArtefactError, match="as it was"):
        with_timeout(5, lambda: (_ for _ in ()).throw(ArtefactError("as it was")), "it")


def test_a_time_out_of_the_work_itself_is_told_as_such():
    def work():
        raise TimeoutError("the disk")

    with pytest.raises(TimeoutError, match="the disk"):
        with_timeout(5, work, "it")


def test_work_that_takes_too_long_is_given_up_and_nothing_waits_for_it():
    over, start = threading.Event(), time.monotonic()
    with pytest.raises(RegistryError, match=r"^models:/x/1: the registry has not answered in full within 0.1 seconds$"):
        with_timeout(0.1, lambda: over.wait(30), "models:/x/1")
    assert time.monotonic() - start < 5
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "registry"]
    assert thread.daemon
    over.set()
    thread.join(5)
