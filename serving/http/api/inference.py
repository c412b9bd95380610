"""The Open Inference Protocol, version 2: for clients of KServe and Triton, which know tensors only.

There is one input, ``firm``: a text a firm, its record as JSON. There is one output for each column of a score, and
``error``, a text that is empty where the firm has a score. ``as_of_date`` and ``explain`` are parameters of the
request. Inputs may come as binary tensors; outputs are JSON always.
"""

import struct
from collections.abc import Sequence
from typing import Any

import msgspec

from littlegiants.models.manifest import LabelDefinition, Manifest
from littlegiants.models.scoring.record_scorer import ERROR, RECORD, cell
from littlegiants.models.scoring.score_columns import COLUMNS, ScoreColumn
from littlegiants.serving.http.api.score_requests import read_firms
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.protocol.strict_json import check_json

NAME, PLATFORM = "littlegiants", "lightgbm"
BINARY_HEAD = b"inference-header-content-length"
_PARAMETERS = ("as_of_date", "explain")


class InputTensor(msgspec.Struct, frozen=True):
    """The input; ``data`` is absent where it comes in binary, behind the JSON."""

    name: str
    datatype: str
    shape: list[int]
    data: list[Any] | msgspec.UnsetType = msgspec.UNSET
    parameters: dict[str, Any] = {}


class WantedOutput(msgspec.Struct, frozen=True):
    """A requested output."""

    name: str


class InferRequest(msgspec.Struct, frozen=True):
    """A request to infer. Unknown members are ignored: the protocol demands it, since later versions may add some."""

    inputs: list[InputTensor]
    id: str | msgspec.UnsetType = msgspec.UNSET
    parameters: dict[str, Any] = {}
    outputs: list[WantedOutput] = []


class TensorMetadata(msgspec.Struct, frozen=True):
    """What a tensor is; -1 stands for any number of firms."""

    name: str
    datatype: str
    shape: list[int]


class ServerMetadata(msgspec.Struct, frozen=True):
    """What the server is."""

    name: str
    version: str
    extensions: list[str]


class ModelReady(msgspec.Struct, frozen=True):
    """The model can answer."""

    name: str
    ready: bool


class ModelMetadata(msgspec.Struct, frozen=True):
    """The inputs and outputs of the model in use."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class OutputTensor(msgspec.Struct, frozen=True):
    """An output: a value a firm, in the order of the input."""

    name: str
    datatype: str
    shape: list[int]
    data: list[Any]


class InferResponse(msgspec.Struct, frozen=True):
    """The outputs asked for, or all of them."""

    model_name: str
    model_version: str
    id: str | msgspec.UnsetType
    parameters: dict[str, Any]
    outputs: list[OutputTensor]


def _datatype(column: ScoreColumn) -> str:
    if column.is_text:
        return "BYTES"
    return "FP64" if column.is_number else "BOOL"


OUTPUTS = {**{column.name: _datatype(column) for column in COLUMNS}, ERROR: "BYTES"}


def metadata(version: str) -> ModelMetadata:
    """Return the metadata of the model in use."""
    outputs = [TensorMetadata(name, kind, [-1]) for name, kind in OUTPUTS.items()]
    return ModelMetadata(NAME, [version], PLATFORM, [TensorMetadata(RECORD, "BYTES", [-1])], outputs)


def read_request(
    body: bytes, head_bytes: bytes | None, limits: Limits, manifest: Manifest
) -> tuple[InferRequest, ParsedRequest]:
    """Read a request to infer.

    Parameters
    ----------
    body
        JSON. The bytes of a binary tensor follow it.
    head_bytes
        The header that gives the length of the JSON; None if there is no binary tensor.
    limits, manifest
        As of `littlegiants.serving.http.api.score_requests.parse_request`.

    Raises
    ------
    Problem
        400 if the body is not JSON, 422 if it is not a request to infer.
    """
    length = _length(head_bytes, len(body))
    check_json(body[:length])
    try:
        request = msgspec.json.decode(body[:length], type=InferRequest)
    except msgspec.ValidationError as error:
        raise Problem(422, "invalid_request", str(error)) from None
    if [tensor.name for tensor in request.inputs] != [RECORD]:
        raise Problem(422, "inputs", f"there is one input, {RECORD!r}", "inputs")
    unknown = [wanted.name for wanted in request.outputs if wanted.name not in OUTPUTS]
    if unknown:
        raise Problem(422, "outputs", f"the outputs are {', '.join(OUTPUTS)}", "outputs")
    texts = _texts(request.inputs[0], body[length:], limits.firms)
    as_of, explain = (request.parameters.get(name, msgspec.UNSET) for name in _PARAMETERS)
    if not isinstance(as_of, str | msgspec.UnsetType) or not isinstance(explain, bool | msgspec.UnsetType):
        raise Problem(422, "parameters", "as_of_date is a text, explain is true or false", "parameters")
    return request, read_firms(texts, as_of, explain, limits, manifest)


def to_answer(
    request: InferRequest, parsed: ParsedRequest, answers: Sequence[Any], label: LabelDefinition, version: str
) -> bytes:
    """Return the body of the response: a firm without a score has null for its numbers, and the reason in ``error``.

    Parameters
    ----------
    request
        Names the outputs, and the id that the response repeats.
    parsed
        The firms of the request.
    answers
        The answers to its records, in their order.
    label, version
        Of the model that scored.
    """
    results = parsed.in_order(answers)
    wanted = [output.name for output in request.outputs] or list(OUTPUTS)
    outputs = [
        OutputTensor(name, OUTPUTS[name], [len(results)], [cell(result, name) for result in results]) for name in wanted
    ]
    parameters = {"as_of_date": parsed.as_of.isoformat(), "outcome": label.outcome, "timespan": label.timespan}
    return msgspec.json.encode(InferResponse(NAME, version, request.id, parameters, outputs))


def _length(head_bytes: bytes | None, most: int) -> int:
    if head_bytes is None:
        return most
    if not head_bytes.isdigit() or len(head_bytes) > 9 or int(head_bytes) > most:
        raise Problem(400, "malformed_length", "Inference-Header-Content-Length is no length within the body")
    return int(head_bytes)


def _texts(tensor: InputTensor, behind: bytes, most: int) -> list[bytes]:
    if tensor.datatype != "BYTES" or len(tensor.shape) not in (1, 2) or tensor.shape[1:] not in ([], [1]):
        raise Problem(422, "inputs", f"{RECORD} is a tensor of BYTES with the shape [firms] or [firms, 1]", "inputs[0]")
    if not 0 < tensor.shape[0] <= most:
        raise Problem(422, "firms", f"name 1 to {most:,} firms; these are {tensor.shape[0]:,}", "inputs[0].shape")
    if tensor.data is msgspec.UNSET:
        size = tensor.parameters.get("binary_data_size")
        texts = _unpacked(behind) if size == len(behind) else None
    else:
        # A tensor may be written row by row.
        flat = [part for row in tensor.data for part in (row if isinstance(row, list) else [row])]
        texts = [text.encode() for text in flat] if not behind and all(isinstance(t, str) for t in flat) else None
    if texts is None or len(texts) != tensor.shape[0]:
        raise Problem(422, "inputs", f"the data of {RECORD} are not as many texts as its shape says", "inputs[0].data")
    return texts


def _unpacked(data: bytes) -> list[bytes] | None:
    """Return the elements of a binary tensor, each behind its length of four bytes; None where they do not fit."""
    texts, place = [], 0
    while place + 4 <= len(data):
        (length,) = struct.unpack_from("<I", data, place)
        place += 4 + length
        texts.append(data[place - length : place])
    return texts if place == len(data) else None
