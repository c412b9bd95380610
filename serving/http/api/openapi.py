"""The OpenAPI 3.1 document of the service, generated from its own structures, operations and error catalogue.

To add a path, declare an `Operation` in `littlegiants.serving.http.api.operations`.
"""

from importlib.metadata import version
from typing import Any

from littlegiants.serving.http.api.error_catalogue import ERRORS, HEADERS, answer, error_response, named
from littlegiants.serving.http.api.operations import BODY, KEY, OPERATIONS, Operation
from littlegiants.serving.http.api.schemas import components
from littlegiants.serving.http.auth.access import scope_of
from littlegiants.serving.http.protocol.limits import Limits

_JSON = "application/json"
_DESCRIPTION = """How likely small innovative firms are to succeed in the market, rather than to live on public money.

Every answer but a success is a problem (RFC 9457). A path that is none answers 404 (`no_such_path`), another method
than those of a path 405 with `Allow`; `HEAD` is answered wherever `GET` is. A head that is far too large is refused
with a 400 or 431 that has no body. Text is stripped of blanks at both ends before it is read, and empty text is a
missing value."""


def document(limits: Limits, keyed: bool) -> dict[str, Any]:
    """Return the document of a service.

    Parameters
    ----------
    limits
        The limits of the service.
    keyed
        Whether requests need a key.
    """
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation, keyed)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Little Giants",
            "version": version("littlegiants"),
            "description": _DESCRIPTION,
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components(limits),
            "responses": {named(status): error_response(status) for status in ERRORS},
            "headers": dict(HEADERS),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A key by `giants keys add`."},
                "basic": {"type": "http", "scheme": "basic", "description": "Any name, and the key as password."},
            },
        },
    }


def _described(operation: Operation, keyed: bool) -> dict[str, Any]:
    scope = scope_of(operation.path, operation.method.upper()) if keyed else None
    errors = {*operation.errors, *(BODY if operation.body else ()), *(KEY if scope else ())}
    answers = {200: ("The answer.", operation.answer, operation.media)}
    answers |= {status: (said, schema, _JSON) for status, (said, schema) in operation.others.items()}
    responses = {str(status): {"$ref": f"#/components/responses/{named(status)}"} for status in errors}
    responses |= {str(status): answer(*parts) for status, parts in answers.items()}
    said: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "responses": {status: responses[status] for status in sorted(responses)},
    }
    if operation.parameters:
        said["parameters"] = list(operation.parameters)
    if operation.body:
        said["requestBody"] = {"required": True, "content": dict(operation.body)}
    if scope:
        said["security"] = [{"bearer": [scope]}, {"basic": [scope]}]
    return said
