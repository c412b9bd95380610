"""Two names agree by one written rule, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.features.sources.names import is_generic, legal_form, match_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gevo", "GEVO, INC."),
        ("ELTRON RESEARCH & DEVELOPMENT, INCORPORATED", "Eltron Research and Development Corp"),
        ("ExOne Company, The", "The ExOne Company"),
        ("Airex Corpon", "Airex Corporation"),
        ("Prime Photonics, LC", "Prime Photonics L.L.C"),
        ("MiaSolé", "Miasole"),
        ("Alberti's Window, LLC", "Alberti’s Window"),
        ("Magna-Tech P/M Labs, Inc", "MAGNA TECH P M LABS"),
        ("Process Technology,Inc.", "Process Technology"),
        ("Ａｃｍｅ　Ｉｎｃ．", "Acme"),
        ("Cafe\u0301 Nano", "Caf\u00e9\u200b Nano"),
        ("深圳（某某）科技有限公司", "深圳(某某)科技股份有限公司"),
    ],
)
def test_names_that_agree(one, other):
    assert match_key(one) == match_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NanoTech", "Nano Tech"),
        ("Acme Labs", "Acme"),
        ("Little Bird", "Little Birds"),
        ("か", "が"),
        ("某某科技", "某某科技發展"),
        ("A & B", "A B"),
    ],
)
def test_names_that_differ(one, other):
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize(("name", "key"), [("Inc.", "inc"), ("The", "the"), ("The Company", "the"), ("#NAME?", "name")])
def test_something_always_remains_of_a_name(name, key):
    assert match_key(name) == key


@pytest.mark.parametrize("name", ["", "???", "\u200b"])
def test_a_name_without_letters_has_no_key(name):
    assert match_key(name) == ""


def test_first_form_from_the_end_is_the_legal_form():
    assert [legal_form(name) for name in ("Ndn Co., Inc.", "Crosshmv L.L.C", "Protium Company, The", "Airex")] == [
        "inc",
        "llc",
        "co",
        "",
    ]


def test_initials_are_generic_and_short_phrases_are_not():
    assert [is_generic(key) for key in ("kse", "gevo", "a b")] == [True, False, False]


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_but_for_what_it_ends_with(name):
    # "Acme Inc ?" has the key "acme"; nothing that was set aside comes back.
    key = match_key(name)
    assert match_key(key) == key
    assert key == " ".join(key.split())
