"""The processes for uploads as a service runs them: their bounds hold, and one that has ended is replaced."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pandas as pd
import psutil
import pytest

from littlegiants.serving import Scorer
from littlegiants.serving.http.process.upload_pool import MOST, UploadPool
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.upload_client import UploadClient
from littlegiants.serving.http.runtime.upload_tasks import READY, SentFile, UploadAnswer, UploadTask, socket_address
from tests.serving.http.conftest import eventually
from tests.small_model import AS_OF

FIRMS = b"firm_id,founded_on\na,2015-01-01\n"


@dataclass
class Running:
    """The processes of a service, and a model for them."""

    pool: UploadPool
    run: Path
    artefact: Path
    digest: str

    def answer(self, content: bytes = FIRMS, name: str = "firms.csv", **bounds: float) -> UploadAnswer:
        """What a worker gets for a file."""
        limits = {"firms": 500, "seconds": 60.0, "memory": 1 << 30, **bounds}
        task = UploadTask(
            "scores",
            (SentFile(name, content),),
            AS_OF,
            str(self.artefact),
            self.digest,
            **limits,  # type: ignore[arg-type]
        )
        return asyncio.run(self._exchanged(task))

    async def _exchanged(self, task: UploadTask) -> UploadAnswer:
        return await UploadClient(self.run).answer(task)

    def refused(self, content: bytes, name: str = "firms.csv", **bounds: float) -> tuple[int, str]:
        """Status and code of the problem that a file makes."""
        with pytest.raises(Problem) as raised:
            self.answer(content, name, **bounds)
        return raised.value.status, raised.value.code

    def pids(self) -> set[int | None]:
        return {process.pid for process in self.pool.processes() if process.is_alive()}


@pytest.fixture(scope="module")
def running(artefact, model, tmp_path_factory) -> Iterator[Running]:
    # A path that is longer than an address of a socket may be.
    run = tmp_path_factory.mktemp("run") / ("long" * 25)
    run.mkdir()
    pool, over = UploadPool(run), threading.Event()
    supervising = threading.Thread(target=pool.run, args=(over,))
    supervising.start()
    try:
        yield Running(pool, run, artefact, model.manifest.digest)
    finally:
        over.set()
        supervising.join()
        pool.stop()
    assert pool.processes() == [] or not any(process.is_alive() for process in pool.processes())


def test_scores_are_those_of_the_library_bit_for_bit(running, universe, tables, model):
    ids = set(tables.firm_ids[:300].tolist())
    firms = pd.read_csv(universe / "firms.csv", dtype=str, keep_default_na=False)
    answer = running.answer(firms[firms["firm_id"].isin(ids)].to_csv(index=False).encode())
    from littlegiants.ingest.tables.tables import Tables

    scores = Scorer(model).score(Tables.from_frames({"firms": firms[firms["firm_id"].isin(ids)]}), AS_OF, explain=False)
    found = [result for result in msgspec.json.decode(answer.body)["results"] if "error" not in result]
    assert [result["firm_id"] for result in found] == scores["firm_id"].tolist()
    assert [result["percentile"] for result in found] == [None if v != v else v for v in scores["percentile"].tolist()]
    assert (answer.scored, answer.refused) == (len(found), 300 - len(found))


def test_x01_an_upload_whose_time_is_over_is_ended_and_its_process_replaced(running):
    running.answer()
    before = running.pids()
    start = time.monotonic()
    assert running.refused(FIRMS * 50_000, seconds=0.01) == (413, "upload_too_slow")
    assert time.monotonic() - start < 10
    eventually(lambda: running.pids() and running.pids() != before)
    assert running.answer().scored == 1


def test_x01_an_upload_is_refused_memory_beyond_its_bound(running):
    assert running.refused(FIRMS * 20_000, memory=1 << 20) == (413, "upload_too_heavy")
    assert running.answer().status == 200


def test_others_are_served_while_one_process_is_busy(running):
    running.answer()
    with socket.socket(socket.AF_UNIX) as held, socket_address(running.run) as address:
        held.connect(address)
        assert held.recv(len(READY)) == READY  # one process waits for what this client has to say
        assert running.answer().status == 200
        assert len(running.pids()) <= MOST
        with suppress(BrokenPipeError):  # on a busy machine it has given up waiting
            held.sendall(b"\0" * 8)


def test_a_process_that_someone_ends_is_replaced_and_the_client_may_come_again(running):
    running.answer()
    killed = running.pids()
    for pid in killed:
        psutil.Process(pid).kill()
    # A process is alive for a moment yet after its signal, and could take the file along.
    eventually(lambda: running.pids() - killed)
    assert running.answer().status == 200


def test_a_problem_of_the_file_is_that_of_the_readers(running):
    assert running.refused(b"name\nAcme\n") == (422, "unreadable_upload")
    assert running.refused(b"%PDF-1.7") == (415, "unsupported_upload")
    assert running.refused(b"firm_id\n1\n2\n", firms=1) == (413, "upload_too_large")
