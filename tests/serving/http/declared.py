"""Whether an answer is one that the OpenAPI document declares: asked of all that a test of the service gets."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from littlegiants.serving.http.api.openapi import document
from littlegiants.serving.http.protocol.limits import Limits

DOCUMENT = document(Limits(), keyed=True)


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail for a status, a type, a body or missing headers that the document does not declare for a path of it."""
    item = DOCUMENT["paths"].get(path)
    if item is None:
        return
    operation = item.get("get" if method == "HEAD" else method.lower())
    if operation is None:
        assert status in (401, 403, 405), f"{method} {path} is not declared and answers {status}"
        return
    assert str(status) in operation["responses"], f"{method} {path} does not declare {status}: {body[:500]!r}"
    response = _resolved(operation["responses"][str(status)])
    assert {name.lower() for name in response["headers"]} <= set(headers)
    media = headers["content-type"].partition(";")[0]
    assert media in response["content"], f"{method} {path} does not declare {media} for {status}"
    if media.endswith("json") and method != "HEAD":
        _validator(path, method.lower(), str(status)).validate(json.loads(body))


@cache
def _validator(path: str, method: str, status: str) -> Any:
    response = _resolved(DOCUMENT["paths"][path][method]["responses"][status])
    (content,) = response["content"].values()
    whole = {**content["schema"], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _resolved(response: dict) -> dict:
    shared: dict[str, dict] = DOCUMENT["components"]["responses"]
    return shared[response["$ref"].rpartition("/")[2]] if "$ref" in response else response
