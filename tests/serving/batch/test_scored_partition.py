"""A partition that is scored and kept; by whole jobs see `test_job`."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.readers.read import read_raw
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.serving.batch.account import Account
from littlegiants.serving.batch.scored_partition import (
    Kept,
    KeptPartition,
    Order,
    check_wanted,
    keep_partition,
    score_partition,
)
from littlegiants.serving.scorer import score_frame
from littlegiants.serving.watch.summary import CohortSummary


def test_what_is_kept_is_read_again(scorer, order, place, tmp_path):
    partition = score_partition(scorer, read_raw(place), order)
    keep_partition(partition, tmp_path / "kept")
    kept = KeptPartition(tmp_path / "kept")
    assert (kept.sums().account, kept.sums().summary, kept.sums().found) == (partition.account, partition.summary, ())
    assert kept.sums().summary.firms == len(partition.scores["firm_id"])
    pd.testing.assert_frame_equal(kept.scores(), score_frame(partition.scores), check_exact=True)
    assert list(kept.scores(["p_market"])) == ["p_market"]
    pd.testing.assert_frame_equal(kept.quarantine().frame(), partition.quarantine.frame())


def test_rates_are_accounted_for_once(scorer, order, place):
    partition = score_partition(scorer, read_raw(place), order)
    rates = Reconciliation("rates", 2, 1, 1, {"impossible_rate": 1})
    quarantine = Quarantine()
    quarantine.extend(partition.quarantine)
    quarantine.add("rates", [2], "usd", "impossible_rate", ["0"])
    account = partition.account
    with_rates = partition.__class__(
        partition.tables,
        partition.scores,
        account.__class__(account.firms, account.withheld, (rates, *account.reconciliations)),
        quarantine,
    )
    without = with_rates.without_rates()
    assert without.account.reconciliations == account.reconciliations
    assert without.quarantine.frame().equals(partition.quarantine.frame())


def test_a_wanted_firm_is_in_some_partition_and_at_risk():
    def check(wanted, *kept):
        order = Order("", date(2023, 12, 31), wanted)
        check_wanted(order, False, [Kept(Account(), CohortSummary(), *ids) for ids in kept])

    check(None, ((), ()))
    check(("a", "b"), (("a",), ()), (("b",), ()))
    with pytest.raises(ConfigError, match="2 of the wanted firms are not in the firms table, 'd' the first"):
        check(("a", "e", "d"), (("a",), ("a",)))
    with pytest.raises(
        ConfigError, match="3 of the wanted firms are not at risk on 2023-12-31, 'a' the first: not yet"
    ):
        check(("a", "b", "c", "d"), (("b", "d"), ("b",)), (("a", "c"), ("a", "c")))
