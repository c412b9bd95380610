"""The audit's figures of lateness and back-filling beside a backtest."""

import shutil

import pandas as pd

from littlegiants.ingest.audit.run import audit_tables
from littlegiants.training.backtest.backfill import back_fill


def test_the_shares_are_those_of_the_audit(universe):
    found = back_fill(universe)
    late = {share.table: share.share for share in found if share.check == "known_late_30"}
    expected = {f.table: f.share for f in audit_tables(universe).findings if f.check == "known_late_30"}
    assert late == expected
    assert late["rounds"] > 0
    assert all(share.title and share.meaning and share.low <= share.share <= share.high for share in found)
    assert not {"back_filled", "vanished"} & {share.check for share in found}


def test_a_later_export_tells_what_was_added(universe, tmp_path):
    earlier = tmp_path / "earlier"
    shutil.copytree(universe, earlier)
    rounds = pd.read_csv(universe / "rounds.csv", dtype=str, keep_default_na=False)
    unknown = set(rounds["round_id"].unique()[:40])
    kept = rounds[~rounds["round_id"].isin(unknown)]
    kept.to_csv(earlier / "rounds.csv", index=False)
    (found,) = [s for s in back_fill(earlier, universe) if (s.check, s.table) == ("back_filled", "rounds")]
    assert 0 < found.count <= 40
