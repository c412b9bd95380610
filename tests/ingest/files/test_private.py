"""A file that several processes change: nobody else reads it, it is whole at any time, and no change is lost."""

import os
import signal
import stat
import subprocess
import sys
import time
from typing import Any

import pytest

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.ingest.files import private
from littlegiants.ingest.files.private import changing, read_private, write_private

HOLDER = """
import sys, time
from pathlib import Path
from littlegiants.ingest.files.private import changing
with changing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
ADDER = """
import sys
from pathlib import Path
from littlegiants.ingest.files.private import changing, read_private, write_private
path = Path(sys.argv[1])
for _ in range(50):
    with changing(path):
        write_private(path, str(int(read_private(path, 99)) + 1).encode())
"""


@pytest.fixture
def file(tmp_path):
    write_private(tmp_path / "file", b"old")
    return tmp_path / "file"


@pytest.fixture
def holder(file):
    """Another process that has the file locked."""
    process: Any = subprocess.Popen([sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_what_is_written_is_read_by_its_owner_only(file):
    old = os.umask(0)
    try:
        write_private(file, b"new")
    finally:
        os.umask(old)
    assert read_private(file, 3) == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["file"]


def test_a_file_that_is_not_there_is_for_the_caller_to_name(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_private(tmp_path / "absent", 10)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o602, 0o660, 0o666, 0o610])
def test_a_file_that_is_open_to_others_is_refused(file, mode):
    file.chmod(mode)
    with pytest.raises(ConfigError, match=rf"file is open to others, mode {mode:04o}; close it by `chmod 600`$"):
        read_private(file, 10)


def test_what_is_no_plain_file_is_refused(file, tmp_path):
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match=r"link is a link; name the file itself$"):
        read_private(tmp_path / "link", 10)
    for name in ("folder", "pipe"):
        with pytest.raises(ConfigError, match=rf"{name} is not a plain file$"):
            read_private(tmp_path / name, 10)
    with pytest.raises(ConfigError, match=r"file/below cannot be read: Not a directory$"):
        read_private(file / "below", 10)


def test_a_large_file_is_refused(file):
    assert read_private(file, 3) == b"old"
    with pytest.raises(ConfigError, match="file is larger than 2 bytes"):
        read_private(file, 2)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_file_of_another_user_is_refused_to_a_service_and_kept_theirs_by_root(file):
    os.chown(file, 65534, 65534)
    write_private(file, b"new")
    assert (file.stat().st_uid, file.stat().st_gid) == (65534, 65534)
    with pytest.raises(ConfigError, match=r"file belongs to another user"):
        read_private(file, 10)


def test_a_write_that_fails_leaves_the_old_file(file, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StopError, match=r"file cannot be written: No space left on device$"):
        write_private(file, b"new")
    assert [path.name for path in file.parent.iterdir()] == ["file"]
    assert file.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"file cannot be written: No such file or directory$"):
        write_private(tmp_path / "absent" / "file", b"")
    with (
        pytest.raises(ConfigError, match=r"file cannot be changed: No such file or directory$"),
        changing(tmp_path / "absent" / "file"),
    ):
        pass


def test_no_change_of_four_processes_at_once_is_lost(file):
    write_private(file, b"0")
    adders = [subprocess.Popen([sys.executable, "-c", ADDER, file]) for _ in range(4)]
    assert [adder.wait(60) for adder in adders] == [0] * 4
    assert read_private(file, 99) == b"200"


def test_who_finds_it_locked_waits_and_then_says_so(file, holder, monkeypatch):
    monkeypatch.setattr(private, "_PATIENCE", 0.2)
    with pytest.raises(ConfigError, match=r"file is being changed by another process; try again$"), changing(file):
        pass


def test_p11_the_lock_of_a_dead_process_is_free_at_once(file, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    with changing(file):
        write_private(file, b"new")
    assert time.monotonic() - began < 1
    assert read_private(file, 3) == b"new"
