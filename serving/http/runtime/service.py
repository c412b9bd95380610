"""The state of a worker: its settings, the model in use, the queue, and whether it is ready to answer."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from littlegiants.ingest.errors import LittleGiantsError
from littlegiants.models.scoring.booster import explainer
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.record_scorer import RecordScorer
from littlegiants.serving.http.auth.keys import KeyRing
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.limits import UPLOAD_SHARE, Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.protocol.problems import busy
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.batching import Batches
from littlegiants.serving.http.runtime.kept_answers import KeptAnswers
from littlegiants.serving.http.runtime.pointer import Pointer, Stamp, read_pointer, refused_model, verified
from littlegiants.serving.http.runtime.settings import Settings
from littlegiants.serving.http.runtime.upload_client import UploadClient
from littlegiants.serving.http.runtime.upload_tasks import SentFile, UploadAnswer, UploadForm, UploadTask
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.uploads import Upload

HEARTBEATS = "workers"
_LOOK = 0.25  # seconds between two looks at the pointer
_HEARTBEAT_SECONDS, _DEAD_SECONDS = 1.0, 5.0
_BODY_SECONDS, _ANSWER_SECONDS = 0.5, 6.0  # when the service stops
_log = logging.getLogger("littlegiants.service")
Heard = Callable[[str], None]


class Service:
    """One worker's view of the service.

    Parameters
    ----------
    settings
        The settings of the worker.
    swapped, refused
        Called with the version of a model that came into use, and with the reason why one did not.
    """

    def __init__(self, settings: Settings, swapped: Heard = lambda _: None, refused: Heard = lambda _: None) -> None:
        self.settings = settings
        self.batches, self.reading = Batches(settings.limits), Reading(settings.limits)
        folder = settings.folder
        self.uploads = UploadClient(folder)
        self.keys = None if settings.keys is None else KeyRing.from_file(Path(settings.keys), folder / "rates")
        self.kept = KeptAnswers(folder / "answers.sqlite", settings.limits)
        self.trouble = "no model has been found yet"
        self._swapped, self._refused = swapped, refused
        self._scorer: RecordScorer | None = None
        self._pointer: Pointer | None = None
        self._stamp: Stamp | None = None
        self._last_heartbeat = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def limits(self) -> Limits:
        """Limits of requests and workers."""
        return self.settings.limits

    @property
    def records(self) -> RecordScorer:
        """The scorer of records of the model in use.

        Raises
        ------
        Problem
            503 while there is no model.
        """
        if self._scorer is None:
            raise busy(1, "no model is loaded yet", code="no_model")
        return self._scorer

    def current(self) -> Scorer:
        """Return the scorer of tables of the model in use; errors as of `records`."""
        return Scorer(self.records.model)

    async def answer(self, request: ParsedRequest, render: bool = True) -> tuple[str, list[Any]]:
        """Return the version of the model in use, and its answers to the records of a request.

        Reasons are reason codes in them if they are to be rendered.
        """
        scorer = self.records
        answers = await self.batches.compute(scorer, request.records, request.as_of, request.explain, render)
        metrics.count_firms(answers, len(request.refused))
        return scorer.model.version, answers

    def refused_model(self) -> str:
        """Return why the newest model was refused, while that of before answers; empty if it was not."""
        return refused_model(self.settings.folder)

    async def answer_upload(
        self,
        form: UploadForm,
        files: Sequence[Upload],
        as_of: date,
        explain: bool = False,
        simulated: bool = False,
        ignored: tuple[str, ...] = (),
    ) -> UploadAnswer:
        """Return the answer to files, by a process of its own that is ended if they take too much time or memory.

        Parameters
        ----------
        form
            What is answered: scores as JSON, a file of scores, or a page.
        files, as_of, explain
            As the client sent them.
        simulated
            Whether the files are those of the example.
        ignored
            Columns that resemble one of the contract and are none.

        Raises
        ------
        Problem
            As of `littlegiants.serving.http.runtime.upload_client.UploadClient.answer`; 503 while there is no model.
        """
        pointer = self._pointer
        if pointer is None:
            raise busy(1, "no model is loaded yet", code="no_model")
        # A large file lies on the disk.
        sent = await asyncio.to_thread(lambda: tuple(map(_sent, files)))
        memory = self.limits.upload_memory + UPLOAD_SHARE * sum(len(file.content) for file in sent)
        bounds = self.limits.firms, self.limits.upload_seconds, memory
        return await self.uploads.answer(
            UploadTask(form, sent, as_of, pointer.folder, pointer.digest, *bounds, explain, simulated, ignored)
        )

    def why_not_ready(self) -> str:
        """Return why the service is not ready for requests; empty if it is."""
        if self._scorer is None:
            return self.trouble
        if time.monotonic() - self._last_heartbeat > _DEAD_SECONDS:
            return "the worker cannot write its heartbeat"
        try:
            alive = self._alive()
        except OSError as error:
            return f"the heartbeats cannot be read: {error.strerror}"
        return "" if alive >= self.settings.workers else f"{alive} of {self.settings.workers} workers are alive"

    async def start(self) -> None:
        """Load the model if there is one, and begin to watch and to compute."""
        (self.settings.folder / HEARTBEATS).mkdir(exist_ok=True)
        await self._look()
        self._write_heartbeat()
        for work in (self.batches.run(), self._watch(), self._live()):
            self._tasks.append(asyncio.get_running_loop().create_task(work))

    def hurry(self) -> None:
        """Give up bodies that are not whole, and bound the time of all that is being answered: the service stops."""
        self.reading.stop(_BODY_SECONDS)
        self.batches.stop(_ANSWER_SECONDS)
        self.uploads.stop(_ANSWER_SECONDS)

    async def stop(self) -> None:
        """End all that `start` began."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            await self._look()

    async def _look(self) -> None:
        """Take the model that the pointer names, if it is a new one and intact; else keep the present one."""
        stamp = Stamp.of(self.settings.folder)
        if stamp is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            model, pointer = await asyncio.to_thread(self._read)
        except LittleGiantsError as error:
            self.trouble = str(error)
            self._refused(self.trouble)
            _log.error("the model was refused, that of before stays: %s", error)
            return
        self._pointer = pointer
        if self._scorer is None or model.version != self._scorer.model.version:
            self._scorer = RecordScorer.of(model)
            self._swapped(model.version)
            _log.info("model %s is in use", model.version)

    def _read(self) -> tuple[Model, Pointer]:
        pointer = read_pointer(self.settings.folder)
        model = verified(Path(pointer.folder), pointer.digest, self.settings.contract)
        explainer(model.market.booster)  # made here, no request waits for it
        return model, pointer

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_SECONDS)
            self._write_heartbeat()

    def _write_heartbeat(self) -> None:
        try:
            (self.settings.folder / HEARTBEATS / str(os.getpid())).write_text(str(time.time()), encoding="ascii")
        except OSError as error:
            _log.error("the heartbeat cannot be written: %s", error.strerror)
        else:
            self._last_heartbeat = time.monotonic()

    def _alive(self) -> int:
        """Return how many workers wrote a heartbeat lately; the files of dead ones are removed."""
        alive, now = 0, time.time()
        for path in (self.settings.folder / HEARTBEATS).iterdir():
            try:
                os.kill(int(path.name), 0)
                alive += now - path.stat().st_mtime < _DEAD_SECONDS
            except (ProcessLookupError, ValueError):
                path.unlink(missing_ok=True)
            except OSError:
                continue
        return alive


def _sent(upload: Upload) -> SentFile:
    return SentFile(upload.name.encode(errors="replace").decode(), upload.file.read())
