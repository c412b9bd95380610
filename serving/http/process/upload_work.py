"""What a process for uploads computes: files read and scored, as JSON, as a file, or as a page."""

import io
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from littlegiants.ingest.errors import ArtefactError, LittleGiantsError
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.record_scorer import Scored
from littlegiants.serving.http.api.file_scoring import score_files
from littlegiants.serving.http.page.result import result_page, scores_file
from littlegiants.serving.http.runtime.pointer import read_pointer, verified
from littlegiants.serving.http.runtime.upload_tasks import UploadAnswer, UploadTask
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import Bounds, Upload, UploadError

_KEPT = 2  # models: the present one, and that of before
_log = logging.getLogger("littlegiants.uploads")


class ModelCache:
    """The models that uploads are scored with, by digest."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}

    def scorer(self, folder: str, digest: str) -> Scorer:
        """Return the scorer of a model, which is read and checked as a worker does.

        Raises
        ------
        ArtefactError
            If it is damaged, or another one.
        """
        if digest not in self._models:
            self._models = dict(list(self._models.items())[1 - _KEPT :])
            self._models[digest] = verified(Path(folder), digest)
        return Scorer(self._models[digest])

    def preload(self, run: Path) -> None:
        """Read the model in use, so that the first upload need not wait for it; there may be none yet."""
        with suppress(LittleGiantsError):
            pointer = read_pointer(run)
            self.scorer(pointer.folder, pointer.digest)


def answer_task(task: UploadTask, models: ModelCache) -> UploadAnswer:
    """Return the answer to an upload by the model that it names, or its problem; errors as of `answer_with`."""
    return answer_with(task, lambda: models.scorer(task.model, task.digest))


def answer_with(task: UploadTask, scorer: Callable[[], Scorer]) -> UploadAnswer:
    """Return the answer to an upload, or its problem.

    Parameters
    ----------
    task
        The upload.
    scorer
        Returns the scorer.

    Raises
    ------
    MemoryError
        If it takes more memory than it may.
    """
    try:
        return _answer(task, scorer())
    except UploadError as error:
        return UploadAnswer(status=error.status, code=error.code, message=str(error), where="files")
    except ArtefactError as error:
        _log.error("the model of an upload was refused: %s", error)
        return UploadAnswer(status=503, code="no_model", message="the model in use cannot be read; come again")
    except LittleGiantsError as error:
        return UploadAnswer(status=422, code="refused", message=str(error))


def _answer(task: UploadTask, scorer: Scorer) -> UploadAnswer:
    files = tuple(Upload(file.name, io.BytesIO(file.content)) for file in task.files)
    if task.form == "scores":
        found = score_files(scorer, files, task.as_of, task.explain, task.firms, task.ignored)
        scored = sum(result.__class__ is Scored for result in found.results)
        return UploadAnswer(msgspec.json.encode(found), scored, len(found.results) - scored)
    bounds = Bounds(firms=task.firms)
    uploaded = read_upload(files, scorer.model.manifest.money.constant_prices, bounds, task.ignored)
    if task.form == "file":
        return UploadAnswer(scores_file(scorer, uploaded, task.as_of))
    return UploadAnswer(result_page(scorer, uploaded, task.as_of, task.simulated).encode())
