"""A service without processes, model or queue, for calls of its routes in this process."""

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from littlegiants.serving.http.protocol.bodies import Reading
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.record_scorer import NOT_AT_RISK, FirmError

VERSION = "0123456789ab"


class FakeService(SimpleNamespace):
    """A service whose model scores nobody: each record has the answer that its firm is not at risk.

    Attributes
    ----------
    requests
        What `answer` was called with.
    """

    limits: Limits
    requests: list[tuple[ParsedRequest, bool]]

    def __init__(self, limits: Limits | None = None, keys: Any = None, why: str = "") -> None:
        limits = limits or Limits()
        manifest = SimpleNamespace(
            dates=SimpleNamespace(fit=(date(2010, 12, 31),), learned_by=date(2025, 12, 31)),
            label=SimpleNamespace(timespan="24 months"),
            to_json=lambda: b'{"manifest": true}',
        )
        records = SimpleNamespace(model=SimpleNamespace(version=VERSION, manifest=manifest))
        super().__init__(
            limits=limits, keys=keys, why_not_ready=lambda: why, records=records, reading=Reading(limits), requests=[]
        )

    def current(self) -> Any:
        return self.records

    async def answer(self, request: ParsedRequest, render: bool = True) -> tuple[str, Sequence[FirmError]]:
        self.requests.append((request, render))
        return VERSION, [FirmError(record.firm_id, NOT_AT_RISK, "not at risk") for record in request.records]
