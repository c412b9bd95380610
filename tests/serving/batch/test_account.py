"""The sums of a job; by whole jobs see `test_job`."""

from datetime import date

import pytest

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.serving.batch.account import ENDS, Account, total
from littlegiants.serving.lacking_columns import ColumnUse

NONE = dict.fromkeys(ENDS, 0)


def test_accounts_add_up():
    one = Account(
        {**NONE, "scored": 3, "withheld": 1},
        {"no_events": 1},
        (Reconciliation("firms", 4, 4, 0, {}),),
        ("rounds",),
        date(2020, 1, 1),
        ColumnUse(4, {"firms": ("country",)}, {"firms": 4}),
    )
    other = Account(
        {**NONE, "withheld": 2, "left": 1},
        {"no_events": 1, "unseen": 1},
        (Reconciliation("firms", 3, 3, 0, {}), Reconciliation("rounds", 1, 0, 1, {"missing_date": 1})),
        ("rounds", "grants"),
        None,
        ColumnUse(2, {"firms": ("city",)}, {"firms": 2}),
    )
    both = total([one, other])
    assert both.firms == {**NONE, "scored": 3, "withheld": 3, "left": 1}
    assert (both.total, both.withheld) == (7, {"no_events": 2, "unseen": 1})
    assert [(sums.table, sums.read) for sums in both.reconciliations] == [("firms", 7), ("rounds", 1)]
    assert (both.observed, both.newest) == (("rounds", "grants"), date(2020, 1, 1))
    assert (both.columns.scored, both.columns.stated) == (6, {"firms": ("country", "city")})
    assert total([]) == Account()


def test_too_many_firms_without_a_usable_row_stop_the_work():
    Account({**NONE, "scored": 1, "rejected": 1}).check_rejected(0)  # one bad firm never does
    Account({**NONE, "scored": 8, "rejected": 2}).check_rejected(0.2)
    with pytest.raises(StopError, match="3 of 10 firms have no usable row in the firms table, more than 20 %"):
        Account({**NONE, "scored": 7, "rejected": 3}).check_rejected(0.2)
    with pytest.raises(ConfigError, match=r"1\.5 is no share of firms"):
        Account().check_rejected(1.5)
