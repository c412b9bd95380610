import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.records.schema import EVENT_RECORDS, FirmRecord, observed, repeats_keys
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES

FIRM = {
    "firm_id": "a",
    "name": "Ångström: 深",
    "rounds": [{"round_id": "1", "announced_on": "2020-01-01", "kind": "seed"}],
}


def decoded(text: bytes):
    return msgspec.json.decode(text, type=FirmRecord)


def test_records_have_the_columns_of_the_contract():
    assert set(EVENT_RECORDS) == set(EVENT_TABLES)
    for name, record in {"firms": FirmRecord, **EVENT_RECORDS}.items():
        own = {column.name for column in TABLES[name].columns} | {"known_on"}
        assert set(record.__struct_fields__) - {"firm_id", *EVENT_TABLES} == own


def test_a_table_that_is_absent_or_null_was_not_observed_and_an_empty_one_was():
    assert observed(decoded(b'{"firm_id": "a"}')) == ()
    assert observed(decoded(b'{"firm_id": "a", "rounds": null, "grants": []}')) == ("grants",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"name": "x"}', "missing required field `firm_id`"),
        (b'{"firm_id": null}', "Expected `str`, got `null`"),
        (b'{"firm_id": 7}', "Expected `str`, got `int`"),
        (b'{"firm_id": "a", "revenues": []}', "unknown field `revenues`"),
        (b'{"firm_id": "a", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01", "amount": "5"}]}', "got `str`"),
        (b'{"firm_id": "a", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01", "amount": true}]}', "got `bool`"),
        (b'{"firm_id": "a", "grants": [{"grant_id": "1"}]}', "missing required field `awarded_on` - at `$.grants"),
        (b'{"firm_id": "a", "sectors": "web"}', "Expected `array | null`, got `str`"),
        (b'{"firm_id": "a", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01", "amount": NaN}]}', "malformed"),
        (
            b'{"firm_id": "a", "grants": [{"grant_id": "1", "awarded_on": "2020-01-01", "amount": 1e999}]}',
            "out of range",
        ),
        (b'{"firm_id": "\\ud800 and no more"}', "surrogate pair"),
    ],
)
def test_what_is_not_typed_as_the_contract_says_is_refused(text, why):
    with pytest.raises(
        (msgspec.DecodeError, msgspec.ValidationError), match=why.replace("$", r"\$").replace("|", r"\|")
    ):
        decoded(text)


def test_a_key_named_twice_is_seen():
    body = json.dumps(FIRM, ensure_ascii=False).encode()
    assert not repeats_keys(body, decoded(body))
    twice = body.replace(b'"firm_id"', b'"firm_id": "b", "firm_id"')
    assert repeats_keys(twice, decoded(twice))


def test_a_key_named_twice_is_seen_beside_an_escaped_colon():
    body = b'{"firm_id": "a", "firm_id": "b", "name": "x\\u003ay"}'
    assert repeats_keys(body, decoded(body))


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5) | st.sampled_from(
    [":", '":', "\\"]
)
PAIRS = st.lists(st.tuples(st.sampled_from(["firm_id", "name", "region", "website"]), TEXTS), max_size=6)


@given(PAIRS, st.booleans(), st.sampled_from(["", " ", "\n"]))
def test_keys_named_twice_are_seen_exactly_where_they_are(pairs, ascii_only, blank):
    pairs = [("firm_id", "a"), *pairs]
    members = [f"{blank}{json.dumps(k)}{blank}:{json.dumps(v, ensure_ascii=ascii_only)}" for k, v in pairs]
    body = ("{" + ",".join(members) + "}").encode()
    assert repeats_keys(body, decoded(body)) == (len({key for key, _ in pairs}) != len(pairs))
