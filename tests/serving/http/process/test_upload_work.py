"""What a process for uploads computes; the tests of the page and of file scoring hold the answers to the library's."""

import shutil
from datetime import date

import msgspec
import pytest

from littlegiants.ingest.errors import ArtefactError
from littlegiants.serving.http.process.upload_work import ModelCache, answer_task
from littlegiants.serving.http.runtime.pointer import Pointer, point
from littlegiants.serving.http.runtime.upload_tasks import SentFile, UploadForm, UploadTask
from tests.small_model import AS_OF


@pytest.fixture(scope="module")
def models() -> ModelCache:
    return ModelCache()


def task(artefact, digest: str, form: UploadForm = "scores", content: bytes = b"firm_id\na\n", day: date = AS_OF):
    return UploadTask(form, (SentFile("firms.csv", content),), day, str(artefact), digest, 500, 60.0, 1 << 30)


@pytest.mark.parametrize(
    ("form", "start"), [("scores", b'{"model_version"'), ("file", b"firm_id,"), ("page", b"<!doctype")]
)
def test_each_form_of_an_answer(models, artefact, model, form, start):
    answer = answer_task(task(artefact, model.manifest.digest, form), models)
    assert answer.status == 200
    assert answer.body.lower().startswith(start)


def test_firms_are_counted(models, artefact, model):
    answer = answer_task(
        task(artefact, model.manifest.digest, content=b"firm_id,founded_on\na,2015-01-01\nb,2099-01-01\n"), models
    )
    assert answer.scored + answer.refused == len(msgspec.json.decode(answer.body)["results"])


@pytest.mark.parametrize(
    ("content", "day", "status", "code", "where"),
    [
        (b"name\nA\n", AS_OF, 422, "unreadable_upload", "files"),
        (b"", AS_OF, 422, "unreadable_upload", "files"),
        (b"%PDF-1.7", AS_OF, 415, "unsupported_upload", "files"),
        (b"firm_id\na\n", date(1901, 1, 1), 422, "refused", ""),
    ],
)
def test_problems(models, artefact, model, content, day, status, code, where):
    answer = answer_task(task(artefact, model.manifest.digest, content=content, day=day), models)
    assert (answer.status, answer.code, answer.where) == (status, code, where)
    assert answer.message


def test_a_model_is_read_once_and_is_the_one_named(artefact, model, tmp_path):
    own, models = tmp_path / "model", ModelCache()
    shutil.copytree(artefact, own)
    point(tmp_path, Pointer(str(own), model.manifest.digest, "own"))
    models.preload(tmp_path)
    shutil.rmtree(own)
    assert models.scorer(str(own), model.manifest.digest).model.version == model.version
    with pytest.raises(ArtefactError):
        models.scorer(str(own), "0" * 64)
    assert answer_task(task(own, "0" * 64), models).code == "no_model"


def test_without_a_model_there_is_nothing_to_preload(tmp_path):
    models = ModelCache()
    models.preload(tmp_path)
    assert models._models == {}
