"""The manifest: one spelling, a digest of itself, finite numbers only."""

import hashlib
import json

import pytest
from pydantic import ValidationError

from littlegiants.models.manifest import KEYS, Dates, Figure, Manifest
from tests.models.forging import FILES
from tests.training.plain_model import plain_manifest


def test_its_digest_is_that_of_its_text_with_an_empty_digest(model):
    text = model.manifest.to_json()
    plain = json.loads(text)
    empty = text.replace(plain["digest"].encode(), b"")
    assert plain["digest"] == hashlib.sha256(empty).hexdigest() == model.manifest.own_digest()


def test_it_survives_its_text(model):
    again = Manifest.model_validate_json(model.manifest.to_json())
    assert again == model.manifest
    assert again.to_json() == model.manifest.to_json()


def test_its_text_is_sorted_and_keeps_any_script(model):
    named = model.manifest.model_copy(update={"categories": {"region_code": ("Île-de-France", "深圳")}})
    text = named.to_json().decode("utf-8")
    assert "深圳" in text
    assert text.endswith("}\n")
    assert list(json.loads(text)) == sorted(KEYS)
    assert Manifest.model_validate_json(text).categories["region_code"] == ("Île-de-France", "深圳")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValidationError, match="finite number"):
        Figure(value=0.5, low=value, high=0.6)


def test_an_unknown_key_is_refused(model):
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Dates.model_validate(model.manifest.dates.model_dump() | {"later": "2020-01-01"})


def test_it_says_what_the_model_is(model):
    manifest = model.manifest
    assert manifest.label.model_dump() == {
        "outcome": "market",
        "timespan": "24 months",
        "min_round_usd": 1_000_000.0,
        "require_round": False,
    }
    assert manifest.observed_tables == ("rounds", "grants", "patents", "recognitions", "financials", "investments")
    assert set(manifest.files) == set(FILES) - {"manifest.json"}
    assert {"littlegiants", "lightgbm", "numpy", "scikit-learn", "venn-abers"} <= set(manifest.versions)
    assert manifest.subsidised_note == ""
    assert sum(manifest.gain.values()) == pytest.approx(1)


def test_columns_are_recorded_and_a_manifest_from_before_keeps_its_digest():
    before, after = plain_manifest(), plain_manifest(observed_columns={"rounds": ("amount",)})
    assert "observed_columns" not in json.loads(before.to_json())
    assert json.loads(after.to_json())["observed_columns"] == {"rounds": ["amount"]}
    assert before.own_digest() != after.own_digest()
    assert Manifest.model_validate_json(before.to_json()).to_json() == before.to_json()
