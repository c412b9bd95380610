"""Registration ids: the check digits of real firms, and how they are written in the wild."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.entities.ids import find_ids, normalise_id


@pytest.mark.parametrize(
    ("scheme", "text", "expected"),
    [
        # As printed by CNPC, Huawei and Tencent Technology.
        ("uscc", "91110000100010433L", "91110000100010433L"),
        ("uscc", "914403001922038216", "914403001922038216"),
        ("uscc", " 9144 0300 7084 6113 6t ", "91440300708461136T"),
        ("uscc", "９１４４０３００１９２２０３８２１６", "914403001922038216"),
        # Danone, and the number most texts on the check digit take as their example.
        ("siren", "552 032 534", "552032534"),
        ("siren", "732829320.0", "732829320"),
        ("siret", "73282932000074", "732829320"),
        ("uei", "zqgghjh74dw7", "ZQGGHJH74DW7"),
        ("duns", "15-048-3782", "150483782"),
    ],
)
def test_ids_as_they_are_printed(scheme, text, expected):
    assert normalise_id(scheme, text) == expected


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        ("uscc", "914403001922038217"),  # another check digit
        ("uscc", "914403001922038261"),  # two digits changed places
        ("uscc", "9.14403E+17"),
        ("uscc", ""),
        ("siren", "552032535"),
        ("siren", "000000000"),
        ("siret", "73282932000075"),
        ("uei", "OQGGHJH74DW7"),
        ("uei", "A123456789BC"),  # nine digits in a row would look like a DUNS number
        ("duns", "000000000"),
        ("duns", "1504837"),
    ],
)
def test_what_is_no_id(scheme, text):
    assert normalise_id(scheme, text) == ""


@pytest.mark.parametrize(
    ("column", "text", "country", "expected"),
    [
        (
            "registration_id",
            "siren:552032534;uscc:914403001922038216",
            "",
            (["siren:552032534", "uscc:914403001922038216"], 0),
        ),
        ("registration_id", "SIREN：552032534", "", (["siren:552032534"], 0)),
        ("registration_id", "552032534", "fr", (["siren:552032534"], 0)),
        ("registration_id", "552032534", "US", (["duns:552032534"], 0)),
        ("registration_id", "552032534", "", ([], 1)),
        ("registration_id", "lei:5493001KJTIIGC8Y1R12", "", ([], 0)),
        ("siret", "73282932000074", "", (["siren:732829320"], 0)),
        ("uscc", "9.11E+17", "", ([], 1)),
        ("uscc", "", "", ([], 0)),
    ],
)
def test_ids_of_a_cell(column, text, country, expected):
    assert find_ids(column, text, country) == expected


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_slip_in_one_character_of_a_credit_code_is_found(place, character):
    code = "914403001922038216"
    slip = code[:place] + character + code[place + 1 :]
    assert normalise_id("uscc", slip) == (code if slip == code else "")
