"""The SBIR benchmark: what it may know on which day, by hand-made panels; and the command on the real one."""

import json
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.commands import ROOT, shown
from tests.conftest import LONG

sys.path.insert(0, str(ROOT / "benchmarks"))

from sbir_panel import Labels, covariates, make_splits, product_features, read_panel, watch
from sbir_to_market import model_risk, standardise

pytestmark = pytest.mark.slow

FIRM = {
    "n_pre_grants": 2,
    "total_pre_amount": 900_000.0,
    "max_single_award": 750_000.0,
    "years_first_to_index_days": 400,
    "n_grantors_pre": 1,
    "n_active_years_pre": 2,
    "n_phase1_pre": 1,
    "phase1_to_phase2_days": 400.0,
    **{f"has_{agency}": 0 for agency in ("dod", "nih", "nsf", "doe", "nasa", "usda")},
    "state_at_index": "MA",
    "vc_BioTech": 0.5,
    "vc_SpaceTech": 0.0,
    "is_troll": 1,
    "trl_at_index": 9,
}


def panel(folder, *firms):
    rows = [{**FIRM, "firm_id": f"firm_{number:05d}", **firm} for number, firm in enumerate(firms)]
    pd.DataFrame(rows).to_csv(folder / "panel.csv", index=False)
    return read_panel(folder / "panel.csv")


def firm(index_date: str, event: float | None = 0.0, days: float | None = 3000.0, **more: object) -> dict[str, object]:
    return {
        "index_date": index_date,
        "index_year": int(index_date[:4]),
        "event_1m": event,
        "days_to_event_1m": days,
    } | more


@pytest.fixture(scope="module")
def panels(real_data):
    return tuple(read_panel(real_data / "sbir-to-market" / f"phase{phase}.csv") for phase in (2, 1))


def test_what_looks_ahead_is_not_even_read(tmp_path):
    read = panel(tmp_path, firm("2016-03-01"))
    assert not [name for name in read if str(name).startswith(("is_troll", "trl_"))]


def test_a_firm_is_watched_from_2015_and_until_the_day_known(tmp_path):
    read = panel(
        tmp_path,
        firm("2014-12-21", 1.0, 41.0),  # enters 10 days after its index day; event on 2015-01-31
        firm("2015-06-01", 1.0, 1000.0),  # event in 2018, after the day known
        firm("2016-01-01"),  # indexed on the day known: never watched
    )
    spells, kept = watch(read, date(2016, 1, 1))
    assert kept.tolist() == [True, True, False]
    assert spells.entered.tolist() == [10.0, 0.0]
    assert spells.left.tolist() == [41.0, 214.0]
    assert spells.event.tolist() == [True, False]


def test_each_firm_is_ranked_on_what_the_year_before_its_index_day_knew(tmp_path):
    firms = [firm(day) for day in ("2016-05-01", "2018-02-01", "2019-03-01")]
    late = firm("2018-11-01", index_year=2019)
    read = panel(tmp_path, *firms, late, firm("2016-01-01", index_year=2012))
    splits = make_splits(read, read, 2018, Labels.dated, 2019)
    assert [split.known for split in splits] == [date(2017, 12, 31), date(2018, 12, 31)]
    assert [split.ranked["firm_id"].tolist() for split in splits] == [["firm_00003"], ["firm_00002"]]
    # The firm of February 2018 was not yet there at the end of 2017; the one whose dates disagree is never trained on.
    trained = [split.phase2["firm_id"].tolist() for split in splits]
    assert trained == [["firm_00000"], ["firm_00000", "firm_00001"]]


def test_published_labels_leave_the_same_firms_under_other_ids_out(tmp_path):
    read = panel(tmp_path, firm("2016-05-01"), firm("2019-03-01"))
    (split,) = make_splits(read, read, 2018, Labels.published, 2019)
    assert split.known == split.end == date(2026, 5, 20)
    assert split.phase1.empty


def test_covariates_by_hand(tmp_path):
    row = covariates(panel(tmp_path, firm("2016-05-01")), ["MA"]).iloc[0]
    assert row["other_awards"] == pytest.approx(np.log(150_000))
    assert (row["awards"], row["later_awards"]) == pytest.approx((np.log(2), np.log(2)))
    assert (row["lag"], row["no_phase1"], row["state_MA"]) == pytest.approx((np.log(401), 0, 1))


def test_what_is_not_observed_stands_at_the_mean():
    reference = pd.DataFrame({"a": [0.0, 2.0], "b": [1.0, 1.0]})
    (values,) = standardise(reference, pd.DataFrame({"a": [np.nan, 1e9, 1.0]}))
    assert values.tolist() == [[0.0], [4.0], [0.0]]


@settings(max_examples=6)
@given(st.integers(2019, 2022), st.integers(1, 900))
def test_no_later_event_moves_a_risk(panels, year, shift):
    day = pd.Timestamp(year - 1, 12, 31)
    kept = [frame[frame["index_year"] >= 2017] for frame in panels]
    changed = [frame.copy() for frame in kept]
    for frame in changed:
        later = (frame["index_year"] <= 2018) & ~(frame["event_on"] <= day)
        frame.loc[later, "event_on"] = day + pd.to_timedelta(1 + np.arange(later.sum()) * shift % 2500, unit="D")
    before, after = (
        [
            split
            for split in make_splits(*frames, 2018, Labels.dated, 2022)
            if split.ranked["index_on"].dt.year.iloc[0] == year
        ]
        for frames in (kept, changed)
    )
    assert len(before) == 1
    assert model_risk(after).equals(model_risk(before))


def test_signals_of_the_index_day_see_no_round_of_their_own(panels):
    phase2, phase1 = panels
    (split,) = make_splits(phase2[phase2["index_year"] >= 2017], phase1, 2017, Labels.origin, 2018)
    signals = product_features(split)
    assert signals.index.tolist() == [*split.phase2.index, *split.ranked.index]
    assert (signals["rounds_count"] == 0).all()
    assert signals["grants_count"].between(1, 3).all()
    assert (signals["months_since_last_grant"] == 0).all()


def test_the_panel_has_no_form_d_before_2015_and_hides_what_is_asked(panels):
    phase2, _ = panels
    assert phase2["event_on"].min() > pd.Timestamp(2014, 12, 31)
    assert phase2.loc[phase2["index_year"] > 2018, "event_1m"].isna().all()


def test_the_command_ranks_every_firm_and_the_same_way_twice(real_data, tmp_path):
    ended = []
    for name in ("first", "second") if LONG > 1 else ("only",):
        out, figures = tmp_path / f"{name}.csv", tmp_path / f"{name}.json"
        options = ("--data", str(real_data), "--out", str(out), "--json", str(figures), "--no-rivals")
        ended.append((shown("sbir_to_market.py", *options).replace(name, ""), out.read_bytes(), figures.read_bytes()))
    assert all(again == ended[0] for again in ended)

    risk = pd.read_csv(out)
    panel = pd.read_csv(real_data / "sbir-to-market" / "phase2.csv")
    assert risk.columns.tolist() == ["firm_id", "risk"]
    assert risk["firm_id"].tolist() == sorted(panel.loc[panel["index_year"] >= 2019, "firm_id"])
    assert np.isfinite(risk["risk"]).all()
    for found in json.loads(figures.read_text())["rehearsal"].values():
        assert found["model, dated labels"]["low"] > 0.6
