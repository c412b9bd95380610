"""Rows of one table: taken, looked back at, and digested."""

import hashlib

import numpy as np
import pytest

from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows


def ints(*values):
    return np.array(values, np.int32)


def rows(**changes):
    given = {
        "firm": ints(0, 0, 1),
        "day": ints(5, 6, 5),
        "known": ints(5, 9, 7),
        "superseded": ints(9, NEVER, NEVER),
        "columns": {
            "amount": np.array([1.0, np.nan, 3.0]),
            "programme": ints(1, -1, 0),
            "classes": Ragged.from_text(np.array(["b;a", "", "c"], object)),
        },
        "vocabularies": {"programme": np.array(["EIC", "NSF"], object)},
    }
    return Rows(**{**given, **changes})


def digest(some):
    found = hashlib.sha256()
    some.digest(found.update)
    return found.hexdigest()


def test_taken_rows_keep_their_columns_and_are_renumbered():
    for chosen in (np.array([2]), slice(2, 3)):
        some = rows().take(chosen, first_firm=1)
        assert len(some) == 1
        assert (some.firm.tolist(), some.known.tolist()) == ([0], [7])
        assert np.asarray(some.columns["amount"]).tolist() == [3.0]
        classes = some.columns["classes"]
        assert isinstance(classes, Ragged)
        assert classes.joined().tolist() == ["c"]


def test_what_is_learned_later_is_not_known_yet():
    early = rows().known_by(8)
    assert (early.day.tolist(), early.superseded.tolist()) == ([5, 5], [NEVER, NEVER])
    assert rows().known_by(9).superseded.tolist() == [9, NEVER, NEVER]


def test_texts_that_no_row_uses_do_not_change_the_digest():
    spare = rows(
        columns={**rows().columns, "programme": ints(2, -1, 1)},
        vocabularies={"programme": np.array(["AAA", "EIC", "NSF"], object)},
    )
    assert digest(spare) == digest(rows())


@pytest.mark.parametrize(
    "changes",
    [
        {"known": ints(5, 9, 8)},
        {"superseded": ints(9, NEVER, 99)},
        {"vocabularies": {"programme": np.array(["EIC", "NASA"], object)}},
        {"columns": {**rows().columns, "programme": ints(1, 0, 0)}},
        {"columns": {**rows().columns, "classes": Ragged.from_text(np.array(["b;a", "c", ""], object))}},
    ],
)
def test_anything_that_rows_say_changes_the_digest(changes):
    assert digest(rows(**changes)) != digest(rows())
