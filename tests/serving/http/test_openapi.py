"""GET /openapi.json is true: schemathesis asks the running service all that the document allows, and what it forbids.

CI asks some hundred times; ``LITTLEGIANTS_LONG_TESTS=20`` asks twenty times as often.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from littlegiants.serving.http.limits import Limits
from littlegiants.serving.http.openapi import document
from littlegiants.serving.http.schemas import ref
from tests.serving.http.judged import PATHS, Judge

TIMES = int(os.environ.get("LITTLEGIANTS_LONG_TESTS", "1"))


DOCUMENT = json.loads(json.dumps(document(Limits(), keyed=False)))
judge = Judge(DOCUMENT)
load_all_checks()
api = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig(seed=7))



@api.parametrize()
@settings(max_examples=30 * TIMES, derandomize=True, deadline=None)
def test_whatever_is_asked_is_answered_as_described(case, service):
    # Firms are judged one by one: one that the schema forbids may be answered with 200 and an error in its place, and one
    # that it allows may have faults that it has no words for. The judge holds each firm to its schema instead.
    told = [CHECKS.get_one("positive_data_acceptance"), CHECKS.get_one("negative_data_rejection")]
    excluded = told if case.path in PATHS else []
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{service.port}", additional_checks=[judge.check], excluded_checks=excluded
    )
