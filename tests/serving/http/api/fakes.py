"""A service without processes, model or queue, for calls of its routes in this process."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from littlegiants.models.scoring.record_scorer import NOT_AT_RISK, FirmError
from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.runtime.upload_tasks import UploadAnswer
from littlegiants.serving.uploads import Upload

VERSION = "0123456789ab"


class FakeService(SimpleNamespace):
    """A service whose model scores nobody: each record has the answer that its firm is not at risk.

    Attributes
    ----------
    requests
        What `answer` was called with.
    uploads
        What `answer_upload` was called with, and the contents of the files.
    """

    limits: Limits
    requests: list[tuple[ParsedRequest, bool]]
    uploads: list[tuple[str, Sequence[Upload], date, bool, list[bytes]]]

    def __init__(self, limits: Limits | None = None, keys: Any = None, why: str = "") -> None:
        limits = limits or Limits()
        manifest = SimpleNamespace(
            dates=SimpleNamespace(fit=(date(2010, 12, 31),), learned_by=date(2025, 12, 31)),
            label=SimpleNamespace(outcome="market", timespan="24 months"),
            to_json=lambda: b'{"manifest": true}',
        )
        records = SimpleNamespace(model=SimpleNamespace(version=VERSION, manifest=manifest))
        super().__init__(
            kept=None,
            limits=limits,
            keys=keys,
            why_not_ready=lambda: why,
            records=records,
            reading=Reading(limits),
            requests=[],
        )
        self.uploads = []
        self.ignored: tuple[str, ...] = ()

    async def answer_upload(
        self, form: str, files: Sequence[Upload], as_of: date, explain: bool = False, ignored: tuple[str, ...] = ()
    ) -> UploadAnswer:
        self.ignored = ignored
        self.uploads.append((form, files, as_of, explain, [upload.file.read() for upload in files]))
        return UploadAnswer(b'{"notes":["a note"]}', 1, 2)

    def refused_model(self) -> str:
        return ""

    def current(self) -> Any:
        return self.records

    async def answer(self, request: ParsedRequest, render: bool = True) -> tuple[str, Sequence[FirmError]]:
        self.requests.append((request, render))
        return VERSION, [FirmError(record.firm_id, NOT_AT_RISK, "not at risk") for record in request.records]
