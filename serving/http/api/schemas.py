"""JSON schemas of requests and answers, made from the structures that read and write them and from the table contract.

The structures give the fields and their types. The contract says which values the loader would quarantine. A schema
cannot express every rule, such as an amount that needs a currency; the service itself checks those.
"""

from typing import Any

import msgspec

from littlegiants.ingest.records.schema import EVENT_RECORDS, FirmRecord
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Column, Kind
from littlegiants.ingest.tables.money import currencies
from littlegiants.ingest.tables.parsing import CONTROL, TEXT_LIMIT
from littlegiants.models.manifest import Manifest
from littlegiants.models.scoring.record_scorer import RECORD, Scored
from littlegiants.models.scoring.score_columns import COLUMNS
from littlegiants.serving.http.api.file_scoring import UploadResponse
from littlegiants.serving.http.api.inference import (
    OUTPUTS,
    InferRequest,
    InferResponse,
    InputTensor,
    ModelMetadata,
    ModelReady,
    ServerMetadata,
    WantedOutput,
)
from littlegiants.serving.http.api.portfolio_response import PortfolioResponse
from littlegiants.serving.http.api.responses import Live, Ready
from littlegiants.serving.http.api.score_requests import Refused, ScoreRequest, ScoreResponse
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Details

Schema = dict[str, Any]
_REF = "#/components/schemas/{name}"
_WRITTEN = (
    *(Scored, ScoreResponse, UploadResponse, Refused, PortfolioResponse, Live, Ready, Details),
    *(ServerMetadata, ModelMetadata, ModelReady, InferResponse),
)
# Within the days that the loader takes, but for the first of January 1900 and the days that a month has not.
_DAY = "^(19[0-9]{2}|20[0-9]{2}|2100)-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_DATE = {"type": "string", "format": "date", "pattern": _DAY, "examples": ["2021-03-15"]}
_ESCAPED = "".join(char if char in "[]-" else f"\\u{ord(char):04x}" for char in CONTROL)
_TEXT = {"type": "string", "maxLength": TEXT_LIMIT, "pattern": f"^[^{_ESCAPED[1:]}*$"}
_NO_TEXTS = (Kind.LIST, Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE)
_EXAMPLES = {
    "country": "CN",
    "currency": "CNY",
    "region": "Jiangsu",
    "sectors": ["semiconductors"],
    "classes": ["H01L"],
}


def ref(name: str) -> Schema:
    """Return a reference to a component by its name."""
    return {"$ref": _REF.format(name=name)}


def components(limits: Limits) -> dict[str, Schema]:
    """Return the schema of every structure that a request or an answer consists of, by name."""
    _, found = msgspec.json.schema_components([ScoreRequest, InferRequest, *_WRITTEN], ref_template=_REF)
    manifest = Manifest.model_json_schema(mode="serialization", ref_template=_REF.replace("{name}", "{model}"))
    read = (ScoreRequest, FirmRecord, *EVENT_RECORDS.values(), InferRequest, InputTensor, WantedOutput)
    partly = (InferResponse, *(struct for struct in _WRITTEN if struct.__struct_config__.omit_defaults))
    optional = {struct.__name__ for struct in (*read, *partly)}
    for name, schema in found.items():
        if name not in optional:
            # A default is written like any other value.
            schema["required"] = list(schema["properties"])
    _narrow_request(found, limits)
    _narrow_inference(found, limits)
    _narrow_answers(found)
    return {**found, **manifest.pop("$defs"), Manifest.__name__: manifest}


def _narrow_request(found: dict[str, Schema], limits: Limits) -> None:
    request = found[ScoreRequest.__name__]["properties"]
    request["firms"] |= {"minItems": 1, "maxItems": limits.firms}
    request["as_of_date"] = _DATE | {
        "description": "Today (UTC) by default. From the first as-of date of the model's training until tomorrow."
    }
    request["explain"]["description"] = (
        "Whether to fill the reasons, which take some twenty times as long as the score."
    )
    firm = found[FirmRecord.__name__]
    firm["description"] = (
        "A firm with its events. A table that is left out or null was not observed; an empty list says that somebody "
        f"looked and found nothing. At most {limits.events:,} rows in all tables."
    )
    firm["properties"]["firm_id"] = _of(Column("firm_id", Kind.ID, required=True))
    for name in ("firms", *EVENT_TABLES):
        table, record = TABLES[name], FirmRecord if name == "firms" else EVENT_RECORDS[name]
        fields = found[record.__name__]["properties"]
        fields |= {column.name: _of(column) for column in (*table.columns, Column("known_on", Kind.DATE))}
        fields["known_on"]["description"] = f"The day on which the row became known; by default: {table.known_rule}."
    for name, record in EVENT_RECORDS.items():
        found[record.__name__].setdefault("description", f"A row of the table `{name}`.")


def _narrow_inference(found: dict[str, Schema], limits: Limits) -> None:
    request = found[InferRequest.__name__]["properties"]
    request["inputs"] |= {"minItems": 1, "maxItems": 1}
    request["parameters"]["properties"] = {
        name: found[ScoreRequest.__name__]["properties"][name] for name in ("as_of_date", "explain")
    }
    tensor = found[InputTensor.__name__]["properties"]
    tensor["name"], tensor["datatype"] = {"const": RECORD}, {"const": "BYTES"}
    tensor["shape"] |= {
        "minItems": 1,
        "maxItems": 2,
        "items": {"type": "integer", "minimum": 1, "maximum": limits.firms},
    }
    tensor["data"] |= {
        "items": {"type": ["string", "array"]},
        "description": "As many texts as the shape says, each the JSON of a firm as of `FirmsRecord`.",
    }
    found[WantedOutput.__name__]["properties"]["name"] = {"enum": list(OUTPUTS)}


def _of(column: Column) -> Schema:
    """Return the schema of the values that a column allows, apart from rules about several columns."""
    schema = _value(column)
    if column.name in _EXAMPLES:
        schema["examples"] = [_EXAMPLES[column.name]]
    if column.kind is Kind.MONEY:
        schema["description"] = "In units of the row's `currency`, without which it is a fault."
    if column.required:
        return schema
    missing: list[Any] = [None] if column.kind in _NO_TEXTS else [None, ""]
    return {"anyOf": [schema, {"enum": missing}]}


def _value(column: Column) -> Schema:
    choices = column.choices or (currencies() if column.kind is Kind.CURRENCY else ())
    if choices:
        return {"enum": list(map(int, choices)) if column.kind is Kind.COUNT else list(choices)}
    match column.kind:
        case Kind.DATE:
            return dict(_DATE)
        case Kind.LIST:
            return {"type": "array", "items": _TEXT, "description": f"At most {TEXT_LIMIT:,} characters in all."}
        case Kind.SHARE:
            return {"type": "number", "minimum": 0, "maximum": 1}
        case Kind.MONEY | Kind.NUMBER | Kind.COUNT:
            kind = {"type": "integer" if column.kind is Kind.COUNT else "number"}
            return kind if column.signed else {**kind, "minimum": 0}
    return _TEXT | ({"minLength": 1} if column.required else {})


def _narrow_answers(found: dict[str, Schema]) -> None:
    result: Schema = {"oneOf": [ref(Scored.__name__), ref(Refused.__name__)]}
    for whole in (ScoreResponse, UploadResponse):
        found[whole.__name__]["properties"]["results"]["items"] = result
    found[Details.__name__]["properties"]["results"] = {
        "type": "array",
        "items": ref(Refused.__name__),
        "description": "With 422 where no firm's rows could be used: of each, why.",
    }
    scored = found[Scored.__name__]
    scored["description"] = (
        "A firm's score. Where `abstained`, every number is null and `abstain_reason` says why; `p_subsidised` and "
        "`p_stalled` are null with a model that cannot tell them apart."
    )
    for column in COLUMNS:
        if column.range is not None:
            scored["properties"][column.name] = {"type": ["number", "null"], **_bounds(column.range)}
    # Not a number, where the model cannot say, is written as null.
    for name in ("subsidised", "stalled"):
        found["Firm"]["properties"][name] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}


def _bounds(ends: tuple[float, float]) -> Schema:
    least, most = (int(end) if end == int(end) else end for end in ends)
    return {"minimum": least, "maximum": most}
