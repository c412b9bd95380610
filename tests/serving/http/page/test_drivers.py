"""What drives a score: the score's own reasons first, then the next ones."""

from dataclasses import replace

import pytest

from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.score_columns import REASON_COLUMNS
from littlegiants.reports.portfolio import ranking
from littlegiants.reports.wording import describe_reason, feature_title
from littlegiants.serving.http.page.drivers import SHOWN, drivers
from tests.small_model import AS_OF


@pytest.fixture(scope="module")
def held(portfolio) -> Tables:
    return Tables.from_frames(portfolio)


@pytest.fixture(scope="module")
def scores(scorer, held):
    found = scorer.score(held, AS_OF)
    return found[~found["abstained"]]


def test_first_three_are_the_reasons_of_the_score(scorer, held, scores):
    found = drivers(scorer, held, AS_OF, scores["firm_id"].tolist())
    assert list(found) == scores["firm_id"].tolist()
    arrays = scorer.score_arrays(held, AS_OF)
    for row in ranking(arrays, len(scores)):
        own = [describe_reason(arrays[name][row]) for name in REASON_COLUMNS if arrays[name][row] is not None]
        own = [reason for reason in own if reason.points]
        firm_id = arrays["firm_id"][row]
        assert list(found[firm_id][: len(own)]) == own
        assert len(found[firm_id]) <= SHOWN


def test_strongest_first_and_none_without_a_point(scorer, held, scores):
    for found in drivers(scorer, held, AS_OF, scores["firm_id"].tolist()).values():
        points = [abs(r.points) for r in found]
        assert points == sorted(points, reverse=True)
        assert 0 not in points


def test_who_is_asked_for_beside_changes_nothing(scorer, held, scores):
    firms = scores["firm_id"].tolist()
    assert drivers(scorer, held, AS_OF, firms[:1])[firms[0]] == drivers(scorer, held, AS_OF, firms)[firms[0]]


def test_nobody_asked_for_is_nobody_answered(scorer, held):
    assert drivers(scorer, held, AS_OF, []) == {}


def test_there_are_more_than_a_score_has_room_for(scorer, held, scores):
    found = drivers(scorer, held, AS_OF, scores["firm_id"].tolist())
    assert max(map(len, found.values())) == SHOWN > 3


def test_signals_that_other_fits_do_not_confirm_are_never_shown(scorer, held, scores):
    firms = scores["firm_id"].tolist()
    plain = drivers(scorer, held, AS_OF, firms)
    strongest = scores["reason_1"].iloc[0].partition("=")[0]
    assert feature_title(strongest) == plain[firms[0]][0].signal
    manifest = scorer.model.manifest.model_copy(update={"unstable_reasons": (strongest,)})
    doubting = replace(scorer, model=replace(scorer.model, manifest=manifest))
    found = drivers(doubting, held, AS_OF, firms)
    assert not [r for some in found.values() for r in some if r.signal == feature_title(strongest)]
    assert found[firms[0]][: SHOWN - 1] == plain[firms[0]][1:]
