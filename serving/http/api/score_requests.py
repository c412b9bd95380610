"""Requests to score are parsed from JSON and their answers written as JSON; an error names its place in the request."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from littlegiants.features.asof.as_of_date import check_as_of_date, parse_date, today
from littlegiants.ingest.errors import AsOfError, StaleModelError
from littlegiants.ingest.excerpts import RECORDS, VALUE, excerpt
from littlegiants.ingest.records.schema import FirmRecord, repeats_keys
from littlegiants.ingest.records.validation import Violation
from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.models.manifest import LabelDefinition, Manifest
from littlegiants.models.scoring.record_scorer import (
    FAULTY_ROWS,
    MALFORMED,
    FirmError,
    Scored,
    firm_error,
    malformed,
    read_record,
)
from littlegiants.models.staleness import check_age
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.protocol.strict_json import check_json, repeated_key

TOO_MANY_EVENTS = "too_many_events"
_WHERE = re.compile(r" - at `\$\.?(?P<where>[^`]*)`$")


class ScoreRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Firms to score as of a date, today by default; reasons on demand, since they cost far more than scores."""

    firms: list[FirmRecord]
    as_of_date: str | msgspec.UnsetType = msgspec.UNSET
    explain: bool | msgspec.UnsetType = msgspec.UNSET


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    firms: list[msgspec.Raw]
    as_of_date: str | msgspec.UnsetType = msgspec.UNSET
    explain: bool | msgspec.UnsetType = msgspec.UNSET


class ScoreError(msgspec.Struct, frozen=True):
    """Why a firm has no score: ``counts`` of its violations by code, and the first 100 of all firms' as ``faults``."""

    code: str
    message: str
    faults: tuple[Violation, ...] = ()
    counts: dict[str, int] = {}


class Refused(msgspec.Struct, frozen=True):
    """A firm without a score, in the place of one."""

    firm_id: str
    error: ScoreError


class ScoreResponse(msgspec.Struct, frozen=True):
    """One result a firm, in the order of the request; ``repeated`` names ids that stood there more than once.

    ``outcome`` and ``timespan`` say what the probabilities are probabilities of.
    """

    model_version: str
    outcome: str
    timespan: str
    as_of_date: str
    results: list[Any]
    repeated: list[str] = []


_DECODER = msgspec.json.Decoder(ScoreRequest)
_FIRM = msgspec.json.Decoder(FirmRecord)


def parse_request(body: bytes, limits: Limits, manifest: Manifest) -> ParsedRequest:
    """Read a request to score.

    Parameters
    ----------
    body
        The body, JSON.
    limits
        How many firms a request and how many rows a firm may have.
    manifest
        Of the model in use: which as-of dates it can answer for.

    Raises
    ------
    Problem
        400 if the body is not JSON or is ambiguous, 422 if it is not a request to score.
    """
    try:
        request: Any = _DECODER.decode(body)
        refused: dict[int, FirmError] = {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        request, refused = _one_by_one(body)
    else:
        if repeats_keys(body, request):
            raise repeated_key()
    return _parsed(request, refused, limits, manifest)


def read_firms(
    texts: Sequence[bytes],
    as_of: str | msgspec.UnsetType,
    explain: bool | msgspec.UnsetType,
    limits: Limits,
    manifest: Manifest,
) -> ParsedRequest:
    """Read firms, each a JSON text of its own.

    Parameters
    ----------
    texts
        The firms.
    as_of, explain
        The as-of date and whether to fill the reasons; both may be absent.
    limits, manifest
        As of `parse_request`.

    Raises
    ------
    Problem
        422 as of `parse_request`. A text that is not a firm is refused by itself.
    """
    records, refused = [], {}
    for place, text in enumerate(texts):
        record = read_record(text)
        if record.__class__ is FirmError:
            refused[place] = record
        else:
            records.append(record)
    return _parsed(ScoreRequest(records, as_of, explain), refused, limits, manifest)


def _parsed(request: ScoreRequest, refused: dict[int, FirmError], limits: Limits, manifest: Manifest) -> ParsedRequest:
    count = len(request.firms) + len(refused)
    if not 0 < count <= limits.firms:
        raise Problem(422, "firms", f"name 1 to {limits.firms:,} firms; these are {count:,}", "firms")
    as_of = as_of_date(request.as_of_date, manifest)
    try:
        check_age(manifest, as_of)
    except StaleModelError as error:
        raise Problem(422, "model_expired", str(error), "as_of_date") from None
    return _limited(request, refused, limits, as_of)


def as_of_date(text: str | msgspec.UnsetType, manifest: Manifest) -> date:
    """Return the as-of date of a request; without one it is today, UTC.

    Raises
    ------
    Problem
        422 if the text is not a date, or the date lies before the model's first as-of date or after tomorrow.
    """
    if not isinstance(text, str):
        return today()
    # Somewhere on Earth it is tomorrow already.
    first, last = manifest.dates.fit[0], today() + timedelta(days=1)
    try:
        return check_as_of_date(parse_date(text), first, last)
    except AsOfError as error:
        raise Problem(422, "as_of_date", str(error), "as_of_date") from None


def to_json(parsed: ParsedRequest, answers: Sequence[Any], label: LabelDefinition, version: str) -> bytes:
    """Return the body of the response.

    Parameters
    ----------
    parsed
        The request.
    answers
        The answers to its records, in their order.
    label, version
        Of the model that scored.

    Raises
    ------
    Problem
        422 if no firm's rows could be used; it gives the reason for each firm.
    """
    results = _bounded([to_result(answer) for answer in parsed.in_order(answers)])
    errors = [result.error for result in results if result.__class__ is Refused]
    if len(errors) == len(results) and all(error.code in (MALFORMED, FAULTY_ROWS, TOO_MANY_EVENTS) for error in errors):
        raise Problem(422, errors[0].code, errors[0].message, "firms", more={"results": results})
    ids = Counter(result.firm_id for result in results)
    repeated = sorted(firm_id for firm_id, times in ids.items() if times > 1) if len(ids) < len(results) else []
    day = parsed.as_of.isoformat()
    return msgspec.json.encode(ScoreResponse(version, label.outcome, label.timespan, day, results, repeated))


def _bounded(results: list[Any]) -> list[Any]:
    """Return the results with `RECORDS` violations of all firms, and with little on firms refused after as many."""
    room = RECORDS
    refused = [place for place, result in enumerate(results) if result.__class__ is Refused]
    for place in refused[:RECORDS]:
        firm_id, error = results[place].firm_id, results[place].error
        results[place] = Refused(firm_id, msgspec.structs.replace(error, faults=error.faults[:room]))
        room = max(room - len(error.faults), 0)
    for place in refused[RECORDS:]:
        firm_id, error = results[place].firm_id, results[place].error
        short = ScoreError(error.code, excerpt(error.message, VALUE // 2))
        results[place] = Refused(excerpt(firm_id, VALUE // 2), short)
    return results


def to_result(answer: Any) -> Any:
    """Return an answer as the results of a response hold it."""
    if answer.__class__ is Scored:
        return answer
    return Refused(answer.firm_id, ScoreError(answer.code, answer.message, answer.faults, answer.counts))


def _limited(request: Any, refused: dict[int, FirmError], limits: Limits, as_of: date) -> ParsedRequest:
    explain = request.explain is True
    sizes = [sum(len(getattr(record, name) or ()) for name in EVENT_TABLES) for record in request.firms]
    if max(sizes, default=0) <= limits.events:
        return ParsedRequest(request.firms, refused, as_of, explain)
    free = (place for place in range(len(sizes) + len(refused)) if place not in refused)
    records, large = [], dict(refused)
    for place, record, size in zip(free, request.firms, sizes, strict=True):
        if size > limits.events:
            text = f"the firm has {size:,} rows; at most {limits.events:,} are taken"
            large[place] = firm_error(record.firm_id, TOO_MANY_EVENTS, text)
        else:
            records.append(record)
    return ParsedRequest(records, large, as_of, explain)


def _one_by_one(body: bytes) -> tuple[Any, dict[int, FirmError]]:
    """Read a request in which something is wrong: if it is one firm, the others are answered all the same."""
    check_json(body)
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, "malformed_json", f"the body is not JSON: {error}") from None
    records, refused = [], {}
    for place, raw in enumerate(envelope.firms):
        try:
            records.append(_FIRM.decode(raw))
        except msgspec.DecodeError as error:
            refused[place] = malformed(raw, error)
    return ScoreRequest(records, envelope.as_of_date, envelope.explain), refused


def _invalid(error: msgspec.ValidationError) -> Problem:
    text = str(error)
    match = _WHERE.search(text)
    message = text[: match.start()] if match else text
    return Problem(422, "invalid_request", message, match["where"] if match else "")
