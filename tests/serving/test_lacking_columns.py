"""Columns that a model learned from and the tables lack, in words."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.lacking_columns import ColumnUse, lacking_columns
from tests.features.hand_tables import frame

FIRMS = frame("firm_id country founded_on\na NO 2001-01-01\nb SE 2002-02-02\nc - -")
ROUNDS = frame("firm_id round_id announced_on kind\na 1 2010-01-01 seed\na 2 2011-01-01 seed\nb 3 2010-01-01 seed")
LEARNED: Any = SimpleNamespace(
    observed_columns={"firms": ("country",), "rounds": ("amount", "investor_count"), "grants": ("amount",)}
)
BEFORE: Any = SimpleNamespace(observed_columns={})


def test_a_lacking_column_is_named_with_the_scores_that_rest_on_rows_without_it():
    tables = Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS})
    assert lacking_columns(LEARNED, ColumnUse.of(tables, tables.firm_ids)) == [
        (
            "rounds states no amount and no investor_count, which the model learned from: "
            "2 of 3 scores rest on rows without it"
        )
    ]
    one = lacking_columns(LEARNED, ColumnUse.of(tables, np.array(["b"], object)))
    assert one[0].endswith("1 of 1 scores rest on rows without it")


def test_nothing_is_said_of_what_is_there_or_was_never_recorded():
    rounds = ROUNDS.assign(amount="5", currency="USD", investor_count="1")
    tables = Tables.from_frames({"firms": FIRMS, "rounds": rounds})
    assert lacking_columns(LEARNED, ColumnUse.of(tables, tables.firm_ids)) == []
    assert lacking_columns(BEFORE, ColumnUse.of(tables, tables.firm_ids)) == []
    assert lacking_columns(LEARNED, ColumnUse.of(tables, np.array([], object))) == []


def test_the_use_of_two_sets_of_firms_is_the_sum():
    rounds = ROUNDS.assign(amount=["5", "", ""], currency=["USD", "", ""])
    whole = Tables.from_frames({"firms": FIRMS, "rounds": rounds})
    parts = [whole.slice(0, 1), whole.slice(1, 3)]
    together = sum((ColumnUse.of(part, part.firm_ids) for part in parts), ColumnUse())
    assert lacking_columns(LEARNED, together) == lacking_columns(LEARNED, ColumnUse.of(whole, whole.firm_ids))
    assert (together.scored, together.resting) == (3, {"firms": 3, "rounds": 2})
    assert "amount" in together.stated["rounds"]
