"""What a worker knows of its model and of its own health."""

import asyncio
import os
import shutil
import time

import pytest

from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime import service as module
from littlegiants.serving.http.runtime.pointer import NAME, Pointer, point
from littlegiants.serving.http.runtime.service import HEARTBEATS, Service
from littlegiants.serving.http.runtime.settings import Settings
from tests.models import forging
from tests.models.scoring.test_record_scorer import records
from tests.small_model import AS_OF


def parsed(firms: list[dict]) -> ParsedRequest:
    return ParsedRequest(records(firms), {}, AS_OF, explain=False)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "_LOOK", 0.01)
    monkeypatch.setattr(module, "_HEARTBEAT_SECONDS", 0.02)


@pytest.fixture
def copy(artefact, tmp_path):
    """A copy of the artefact, to be damaged."""
    shutil.copytree(artefact, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def run(tmp_path):
    """The folder of a running service."""
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


async def until(true) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


def test_h39_no_model_a_bad_one_and_a_good_one(run, artefact, copy, model, firms):
    forging.edit(copy / "model.txt", b"0.1", b"0.2")
    swapped: list[str] = []
    refused: list[str] = []

    async def live():
        service = Service(Settings(str(run)), swapped.append, refused.append)
        assert service.why_not_ready() == "no model has been found yet"
        with pytest.raises(Problem, match="no model is loaded yet") as caught:
            await service.answer(parsed(firms[:1]))
        assert (caught.value.status, caught.value.code) == (503, "no_model")
        await service.start()
        assert service.why_not_ready() == "no model has been found yet"
        point(run, Pointer(str(copy), "", ""))
        await until(lambda: refused)
        assert service.why_not_ready() == refused[0]
        point(run, Pointer(str(artefact), model.manifest.digest, ""))
        await until(lambda: swapped)
        assert service.why_not_ready() == ""
        version, answers = await service.answer(parsed(firms[:3]))
        assert (version, len(answers)) == (model.version, 3)
        await service.stop()

    asyncio.run(live())
    assert (swapped, len(refused)) == ([model.version], 1)


def test_whatever_is_wrong_with_the_next_model_the_present_one_stays(run, artefact, copy, model):
    forging.sign(copy, seed=1)
    other = read_artefact(copy)
    swapped: list[str] = []
    refused: list[str] = []

    async def live():
        point(run, Pointer(str(artefact), model.manifest.digest, ""))
        service = Service(Settings(str(run)), swapped.append, refused.append)
        await service.start()
        bad = [Pointer(str(run / "nowhere"), "", ""), Pointer(str(copy), "0" * 64, "")]
        for place, pointer in enumerate(bad):
            point(run, pointer)
            await until(lambda place=place: len(refused) > place)
            assert service.records.model.version == model.version
        (run / NAME).write_bytes(b"{")
        await until(lambda: len(refused) == 3)
        (run / NAME).unlink()
        await asyncio.sleep(0.05)
        assert service.why_not_ready() == ""
        point(run, Pointer(str(copy), other.manifest.digest, ""))
        await until(lambda: len(swapped) == 2)
        assert service.records.model.version == other.version
        await service.stop()

    asyncio.run(live())


def test_an_answer_is_by_the_model_that_was_in_use_when_it_was_asked_for(run, artefact, copy, model, firms):
    forging.sign(copy, seed=1)

    async def live():
        point(run, Pointer(str(artefact), model.manifest.digest, ""))
        service = Service(Settings(str(run), limits=Limits(queued_firms=10_000)))
        await service.start()
        asked = firms[:300]
        before = service.records
        work = asyncio.create_task(service.answer(parsed(asked)))
        await asyncio.sleep(0)
        point(run, Pointer(str(copy), "", ""))
        await until(lambda: service.records is not before)
        version, answers = await work
        assert version == model.version
        assert answers == before.score(records(asked), AS_OF)
        await service.stop()

    asyncio.run(live())


def test_h39_a_heartbeat_that_cannot_be_written_and_workers_that_are_gone(run, artefact, monkeypatch):
    monkeypatch.setattr(module, "_DEAD_SECONDS", 0.2)

    async def live():
        point(run, Pointer(str(artefact), "", ""))
        service = Service(Settings(str(run), workers=2))
        await service.start()
        assert service.why_not_ready() == "1 of 2 workers are alive"
        # The parent of this process stands for another worker; its number is known, and its last sign counts.
        other = run / HEARTBEATS / str(os.getppid())
        other.touch()
        assert service.why_not_ready() == ""
        os.utime(other, (time.time() - 1, time.time() - 1))
        assert service.why_not_ready() == "1 of 2 workers are alive"
        # A number that is nobody's is removed.
        (run / HEARTBEATS / "4194305").touch()
        service.why_not_ready()
        assert {path.name for path in (run / HEARTBEATS).iterdir()} == {str(os.getpid()), other.name}
        shutil.rmtree(run / HEARTBEATS)
        assert service.why_not_ready() == "the heartbeats cannot be read: No such file or directory"
        await until(lambda: service.why_not_ready() == "the worker cannot write its heartbeat")
        (run / HEARTBEATS).mkdir()
        await until(lambda: service.why_not_ready() == "1 of 2 workers are alive")
        await service.stop()

    asyncio.run(live())


def test_no_request_waits_for_what_explains_scores(run, artefact, monkeypatch):
    made: list[object] = []
    monkeypatch.setattr(module, "explainer", made.append)

    async def live():
        service = Service(Settings(str(run)), lambda _: None, lambda _: None)
        point(run, Pointer(str(artefact), "", ""))
        await service.start()
        await until(lambda: service.why_not_ready() == "")
        assert made == [service.records.model.market.booster]
        await service.stop()

    asyncio.run(live())
