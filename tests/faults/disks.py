"""Small disks of their own for tests: one that is soon full, and one whose power can be cut."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk in memory that holds so many bytes; the test is skipped where nothing can be mounted."""
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={size}", "none", folder)
    try:
        yield folder
    finally:
        _unmount(folder)


@contextmanager
def image(file: Path, folder: Path) -> Iterator[Path]:
    """Mount a disk that lies in a file and writes what nobody flushes after minutes only."""
    folder.mkdir(exist_ok=True)
    _mount("-t", "ext4", "-o", "loop,commit=300", file, folder)
    try:
        yield folder
    finally:
        _unmount(folder)


def make_image(file: Path, megabytes: int = 8) -> None:
    """Make an empty disk in a file."""
    if shutil.which("mkfs.ext4", path=f"{os.environ.get('PATH', '')}:/sbin:/usr/sbin") is None:
        pytest.skip("there is no mkfs.ext4")
    with file.open("wb") as made:
        made.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", file], check=True, timeout=60)


def _mount(*given: object) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    done = subprocess.run(["mount", *map(str, given)], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", folder], check=True, timeout=60)
