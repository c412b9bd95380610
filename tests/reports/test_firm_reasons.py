"""Reasons computed anew are those of the score, and more of them where more are wanted."""

import pytest

from littlegiants.models.scoring.score_columns import REASON_COLUMNS
from littlegiants.reports.firm_reasons import firm_reasons
from littlegiants.reports.portfolio import ranking
from littlegiants.serving.scorer import Scorer
from tests.small_model import AS_OF


@pytest.fixture(scope="module")
def arrays(model, tables):
    return Scorer(model).score_arrays(tables, AS_OF)


def test_they_are_the_reasons_of_the_score(model, tables, arrays):
    rows = ranking(arrays, 20)
    found = firm_reasons(model, tables, AS_OF, arrays["firm_id"][rows].tolist())
    expected = {arrays["firm_id"][row]: tuple(arrays[name][row] for name in REASON_COLUMNS) for row in rows}
    assert found == {firm_id: tuple(filter(None, reasons)) for firm_id, reasons in expected.items()}


def test_more_begin_with_the_same(model, tables, arrays):
    ids = arrays["firm_id"][ranking(arrays, 5)].tolist()
    few, many = (firm_reasons(model, tables, AS_OF, ids, shown) for shown in (3, 8))
    assert {firm_id: reasons[:3] for firm_id, reasons in many.items()} == few
    assert {len(reasons) for reasons in many.values()} == {8}


def test_unknown_firms_are_left_out(model, tables, arrays):
    ids = arrays["firm_id"][ranking(arrays, 1)].tolist()
    assert list(firm_reasons(model, tables, AS_OF, [*ids, "nobody"])) == ids
    assert firm_reasons(model, tables, AS_OF, []) == {}
