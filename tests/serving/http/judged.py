"""Whether firms were judged as the document says: each for itself, which no status alone can tell."""

import json
import re
from typing import Any

import jsonschema_rs
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from littlegiants.serving.http.api.idempotency import PATTERN

PATHS = ("/v1/score", "/v1/portfolio")
BROKEN = {"malformed", "faulty_rows", "too_many_events"}
# What a schema has no words for: what the values of a row mean together, or the rows of a table; which days a month
# has; the text that a list is as one.
UNSAID = {
    "amount_too_large",
    "control_character",
    "duplicate_conflict",
    "duplicate_row",
    "ends_before_start",
    "impossible_date",
    "missing_currency",
    "no_exchange_rate",
    "no_price_index",
    "text_too_long",
}


class Judge:
    """A check of schemathesis, by the schemas of a document.

    Parameters
    ----------
    document
        The document.
    """

    def __init__(self, document: dict) -> None:
        schemas = document["components"]["schemas"]
        request = schemas["ScoreRequest"]
        properties = {**request["properties"], "firms": {**request["properties"]["firms"], "items": True}}
        self._request = self._validator({**request, "properties": properties}, document)
        self._firm = self._validator({"$ref": "#/components/schemas/FirmsRecord"}, document)

    def _validator(self, schema: dict, document: dict) -> Any:
        whole = {**schema, "components": document["components"]}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def check(self, _, response, case) -> None:
        """Fail where a firm that the schema allows is refused for what the schema knows of, or the other way round."""
        if case.path not in PATHS or response.request.method != "POST" or is_unexpected_http_status_case(case):
            return
        if "multipart" in str(response.request.headers.get("content-type")):
            return
        answer = json.loads(response.content)
        if "idempotency_key" in str(answer.get("code")):
            key = response.request.headers["Idempotency-Key"]
            text = key if isinstance(key, str) else key.decode("latin-1")
            assert re.fullmatch(PATTERN, text.strip(" \t")) is None, "a sound key was refused"
            return
        if response.status_code == 409:
            return  # the key was drawn before, with another body
        try:
            request = json.loads(response.request.body or b"")
        except ValueError:
            # Without a body there is no type of it either.
            assert response.status_code == (400 if response.request.body else 415), "no JSON was taken"
            return
        if not self._request.is_valid(request):
            assert response.status_code in (400, 422), "a request that the schema forbids was taken"
            return
        valid = [self._firm.is_valid(_stripped(firm)) for firm in request["firms"]]
        if "results" in answer:
            for sound, result in zip(valid, answer["results"], strict=True):
                self._one(sound, result)
            assert (response.status_code == 422) == all(_broken(result) for result in answer["results"])
        elif "refused" in answer:
            broken = [refused for refused in answer["refused"] if _broken(refused)]
            assert len(broken) >= valid.count(False), "a firm that the schema forbids was taken"
            assert len(answer["refused"]) + answer["firms"] == len(valid)
        else:
            # The schema cannot say when the model's training began, nor what day it is tomorrow.
            assert (response.status_code, answer["code"]) == (422, "as_of_date"), "a sound request was refused"

    def _one(self, sound: bool, result: dict) -> None:
        if not sound:
            assert _broken(result), "a firm that the schema forbids was taken"
        elif _broken(result):
            assert result["error"]["code"] == "faulty_rows", result
            assert {fault["code"] for fault in result["error"]["faults"]} <= UNSAID, result


def _broken(result: dict) -> bool:
    return result.get("error", {}).get("code") in BROKEN


def _stripped(value: Any) -> Any:
    """A firm as it is read: without blanks around texts, for which a schema has no words either."""
    if isinstance(value, dict):
        return {name: _stripped(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return value.strip() if isinstance(value, str) else value
