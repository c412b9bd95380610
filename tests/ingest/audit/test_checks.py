"""What an audit looks for: every check says what it counts, what it means, and weighs more the more there is."""

from itertools import pairwise

import pytest

from littlegiants.ingest.audit.checks import CHECKS, Check

EACH = pytest.mark.parametrize("check", CHECKS)


@EACH
def test_bounds_ascend_and_are_shares(check):
    bounds = [bound for bound in (CHECKS[check].note, CHECKS[check].caution, CHECKS[check].serious) if bound <= 1]
    assert all(low < high or low == high == 0 for low, high in pairwise(sorted(bounds)))
    finite = (CHECKS[check].caution, CHECKS[check].serious)
    assert finite[0] <= finite[1] or finite[1] == 0


@EACH
def test_meaning_is_one_sentence_that_ends(check):
    said = CHECKS[check]
    assert said.meaning.endswith(".")
    assert said.meaning[0].isupper()
    assert not said.title.endswith(".")


def test_later_knowledge_weighs_more():
    late = [CHECKS[f"known_late_{days}"].caution for days in (30, 90, 365)]
    assert late == sorted(late, reverse=True)


def test_a_check_is_a_note_unless_it_says_otherwise():
    check = Check("rows", "They are there.")
    assert (check.note, check.caution > 1, check.serious > 1) == (0.0, True, True)


def test_checks_cannot_be_changed():
    with pytest.raises(TypeError):
        CHECKS["new"] = Check("rows", "They are there.")  # type: ignore[index]
