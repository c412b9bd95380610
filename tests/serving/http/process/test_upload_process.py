"""The bounds that a process for uploads sets itself; by the processes of a service see `test_upload_pool`."""

import mmap
import resource
import signal
import socket
import subprocess
import sys
from datetime import date

import pytest

from littlegiants.serving.http.process import upload_process
from littlegiants.serving.http.runtime.upload_tasks import READY, UploadAnswer, UploadTask, framed, read_framed

TASK = UploadTask("scores", (), date(2025, 12, 31), "", "", 500, 30.0, 256 << 20)


COMPUTE = """
with_bounds(0.2, 1 << 30)
sum(range(10**12))  # one call, in which no other thread runs
"""
TAKE = """
memory = 64 << 20
with_bounds(30, memory)
try:
    bytearray(2 * memory)
except MemoryError:
    bytearray(memory // 2)
    raise SystemExit(3)
"""


@pytest.mark.parametrize(("work", "code"), [(COMPUTE, -signal.SIGALRM), (TAKE, 3)], ids=["time", "memory"])
def test_x01_the_system_holds_a_process_to_its_bounds(work, code):
    script = f"from littlegiants.serving.http.process.upload_process import with_bounds\n{work}"
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == code


def served(work) -> tuple[bool, UploadAnswer]:
    """What a client gets from one upload, and whether the process goes on."""
    client, server = socket.socketpair()
    with client, server:
        client.sendall(framed(TASK))
        whole = upload_process._serve(server, work)
        assert client.recv(len(READY)) == READY
        return whole, read_framed(client, UploadAnswer)


def test_an_answer_and_the_process_goes_on():
    assert served(lambda task: UploadAnswer(task.digest.encode() + b"scores")) == (True, UploadAnswer(b"scores"))
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


@pytest.mark.parametrize(("error", "status"), [(MemoryError(), 413), (ZeroDivisionError("secret"), 500)])
def test_a_failure_is_answered_and_ends_the_process(error, status, caplog):
    def fail(_):
        raise error

    whole, answer = served(fail)
    assert (whole, answer.status) == (False, status)
    assert "secret" not in answer.message


def test_a_client_that_has_gone_ends_the_process_alone():
    client, server = socket.socketpair()
    client.close()
    with server:
        assert not upload_process._serve(server, lambda _: UploadAnswer())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say")
def test_what_is_resident():
    before = upload_process.resident()
    # Mapped anew: what this process has freed may be resident already.
    with mmap.mmap(-1, 32 << 20) as held:
        held.write(b"x" * len(held))
        assert upload_process.resident() - before > len(held) // 2
