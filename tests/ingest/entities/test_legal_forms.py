"""The table of legal forms: read once, each spelling of one form."""

import pytest

from littlegiants.ingest.entities.legal_forms import ABBREVIATED, GLUED, GLUED_LEADING, LEADING, LONGEST, TRAILING


@pytest.mark.parametrize(
    ("spelling", "form"),
    [
        ("incorporated", "inc"),
        ("limited liability company", "llc"),
        ("gesellschaft mit beschrankter haftung", "gmbh"),
        ("ооо", "ooo"),
        ("kabushiki kaisha", "kk"),
    ],
)
def test_spellings_of_a_form(spelling, form):
    assert TRAILING[tuple(spelling.split())] == form


def test_spellings_are_written_as_names_are_compared():
    for spelling in (*TRAILING, *LEADING):
        text = " ".join(spelling)
        assert text == text.casefold()
        assert all(word.isalnum() for word in spelling)


def test_longest_spelling_is_the_longest():
    assert max(len(spelling) for spelling in TRAILING) == LONGEST
    assert all(len(spelling) <= 2 for spelling in LEADING)  # as many words as are looked at before a name


def test_every_form_before_a_name_is_also_one_after_it():
    assert {spelling for spelling in LEADING if spelling not in TRAILING} == {("pt",)}


def test_chinese_forms_lead_to_a_form_without_abbreviations():
    assert set(GLUED.values()) <= set(GLUED)
    assert set(GLUED_LEADING) <= set(GLUED)
    assert set(ABBREVIATED.values()) <= set(GLUED)
    # The longer spelling is looked for first, or its end would be taken for all of it.
    order = list(GLUED)
    assert all(
        order.index(longer) < order.index(form)
        for form in order
        for longer in order
        if longer != form and longer.endswith(form)
    )
