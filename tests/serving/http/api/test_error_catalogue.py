"""The error catalogue declares what the service refuses requests with, and nothing else."""

import ast

import pytest

from littlegiants.serving.http.api.error_catalogue import ERRORS, HEADERS, answer, error_response, named
from littlegiants.serving.http.protocol.forms import ForeignError, TooSlowError
from littlegiants.serving.uploads import NothingSentError, TooLargeError, UnsupportedError, UploadError
from tests.conftest import ROOT

SOURCES = ROOT / "serving" / "http"
MAKERS = ("Problem", "busy", "UploadAnswer")


def raised(tree: ast.AST) -> set[tuple[int, str]]:
    """The statuses and codes of the problems that a module makes, as far as they are written out."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            values = [getattr(argument, "value", None) for argument in node.args]
            named = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
            if node.func.id == "UploadAnswer":
                values = [named.get("status"), named.get("code")]
            if node.func.id == "busy":
                values = [*values[2:], *(503, "overloaded")[len(values) - 2 :]]
            status, code = values[0], named.get("code", values[1])
            if isinstance(status, int) and isinstance(code, str):
                found.add((status, code))
    return found


def test_every_code_of_the_service_is_declared_and_no_other():
    found = set().union(
        *(
            raised(ast.parse(path.read_text(encoding="utf-8")))
            for path in SOURCES.rglob("*.py")
            if "page" not in path.parts
        )
    )
    uploads = (UploadError, NothingSentError, TooLargeError, UnsupportedError, TooSlowError, ForeignError)
    found |= {(error.status, error.code) for error in uploads}
    # Those of the firms, where no firm's rows can be used.
    found |= {(422, code) for code in ("malformed", "faulty_rows", "too_many_events")}
    assert found == {(status, code) for status, (_, codes, _) in ERRORS.items() for code in codes.split()}


@pytest.mark.parametrize("status", ERRORS)
def test_a_status_is_described(status):
    sentence, codes, headers = ERRORS[status]
    response = error_response(status)
    (media,) = response["content"]
    details, own = response["content"][media]["schema"]["allOf"]
    assert named(status) == f"Problem{status}"
    assert (response["description"], media) == (sentence, "application/problem+json")
    assert sentence.endswith(".")
    assert details == {"$ref": "#/components/schemas/Details"}
    assert own["properties"] == {"status": {"const": status}, "code": {"enum": codes.split()}}
    assert codes.split() == sorted(set(codes.split()))
    assert set(response["headers"]) == {"X-Request-Id", *headers} <= set(HEADERS)


def test_an_answer_has_the_headers_of_all_and_its_own():
    assert answer("Not now.", {"type": "string"}, "text/plain", ("Retry-After",)) == {
        "description": "Not now.",
        "headers": {
            "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
            "Retry-After": {"$ref": "#/components/headers/Retry-After"},
        },
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
