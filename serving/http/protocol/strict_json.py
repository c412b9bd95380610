"""JSON that any two parsers read alike: UTF-8, no key twice, no number that JSON does not have."""

import json

from littlegiants.serving.http.protocol.problems import Problem


def check_json(body: bytes) -> None:
    """Refuse a body that is not JSON or that two parsers might read differently.

    Raises
    ------
    Problem
        400, or 422 for a number that JSON does not have, such as NaN.
    """
    try:
        json.loads(body.decode(), object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem(400, "malformed_text", "the body is not UTF-8") from None
    except RecursionError:
        raise Problem(400, "too_deep", "the body is nested too deeply") from None
    except ValueError as error:
        raise Problem(400, "malformed_json", f"the body is not JSON: {error}") from None


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise repeated_key()
    return found


def _no_constant(word: str) -> object:
    raise Problem(422, "not_finite", f"{word} is no number of JSON; leave out what is missing, or send null")


def repeated_key() -> Problem:
    """Return the problem of an object that names a key twice."""
    return Problem(400, "repeated_key", "an object names a key twice")
