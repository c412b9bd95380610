"""One task: a bucket of firms loaded, scored and accounted for."""

from datetime import date

import msgspec
import numpy as np
import pyarrow as pa

from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.serving.batch.account import Account
from littlegiants.serving.batch.scored_partition import Kept, Order
from littlegiants.serving.spark.shipping import Shipped
from littlegiants.serving.spark.task import Accounted, Refused, Task, read_account, to_raw
from littlegiants.serving.watch.summary import CohortSummary


def test_an_account_is_the_same_after_its_way_to_the_driver():
    sums = (Reconciliation("rounds", 5, 3, 2, {"missing_key": 2}, ("colour", "size")),)
    kept = Kept(Account(reconciliations=sums, newest=date(2023, 12, 31)), CohortSummary(), ("a",))
    for account in (Accounted(kept), Refused("rounds.amount holds bool, expected numbers", of_tables=True)):
        assert read_account(msgspec.json.encode(account).decode()) == account


def test_rows_come_in_the_order_of_their_record_numbers():
    raw = to_raw(pa.table({"firm_id": ["c", "a", "b"], "row": pa.array([7, 1, 1 << 40], pa.int64())}), ("colour",))
    assert raw.frame.to_dict("list") == {"firm_id": ["a", "c", "b"]}
    assert raw.rows.dtype == np.int64
    assert raw.rows.tolist() == [1, 7, 1 << 40]
    assert raw.unread == ("colour",)


def test_a_bucket_without_rows_gives_nothing_and_reads_no_model():
    task = Task(Shipped("there is none", "", ""), Order("", date(2023, 12, 31)))
    assert list(task([])) == []
