"""The one path from tables to scores: a firm's row depends on the firm, the date and the model, and on nothing else."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FEATURES, feature_matrix
from littlegiants.ingest.errors import ArtefactError, AsOfError, ConfigError, RegistryError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.scoring.booster import splits
from littlegiants.models.scoring.score_columns import COLUMNS, PROBABILITIES, SCORE_COLUMNS
from littlegiants.serving.scorer import Scorer, score_frame
from tests.small_model import AS_OF

NUMBERS = [column.name for column in COLUMNS if column.is_number]
TEXTS = [name for name in SCORE_COLUMNS if name not in (*NUMBERS, "abstained")]


def rows(scores: pd.DataFrame, firm_ids) -> pd.DataFrame:
    return scores[scores["firm_id"].isin(firm_ids)].reset_index(drop=True)


def assert_same_bits(one, other):
    assert one.columns.tolist() == other.columns.tolist()
    assert one.dtypes.tolist() == other.dtypes.tolist()
    for name in one.columns:
        a, b = one[name].to_numpy(), other[name].to_numpy()
        assert (a.view(np.uint64) == b.view(np.uint64)).all() if name in NUMBERS else a.tolist() == b.tolist(), name


def test_columns_and_their_types(scores):
    assert tuple(scores.columns) == SCORE_COLUMNS
    assert {str(scores[name].dtype) for name in NUMBERS} == {"float64"}
    assert {str(scores[name].dtype) for name in TEXTS} == {"str"}
    assert scores["abstained"].dtype == bool


def test_one_row_for_each_firm_at_risk_in_the_order_of_their_ids(scores, tables):
    at_risk = tables.firm_ids[cohort(Snapshot(tables, AS_OF))].tolist()
    assert scores["firm_id"].tolist() == at_risk == sorted(at_risk)
    assert 0 < len(at_risk) < len(tables)
    assert set(scores["as_of_date"]) == {AS_OF.isoformat()}


def test_numbers_are_probabilities_that_fit_together(scores):
    given = scores[~scores["abstained"]]
    assert ((given[[*PROBABILITIES]] >= 0) & (given[[*PROBABILITIES]] <= 1)).all(axis=None)
    assert (given["p_market_low"] <= given["p_market"]).all()
    assert (given["p_market"] <= given["p_market_high"]).all()
    assert np.allclose(given[["p_market", "p_subsidised", "p_stalled"]].sum(axis=1), 1, rtol=0, atol=1e-12)
    assert given["percentile"].between(0, 100).all()
    assert (given["reason_1"] != "").all()


def test_withheld_firm_has_a_reason_and_no_number(model, portfolio):
    scores = Scorer(model).score(Tables.from_frames(portfolio), AS_OF)
    withheld = scores[scores["abstained"]]
    assert withheld["abstain_reason"].value_counts().to_dict() == {
        "unseen_country": 4,
        "unseen_sector": 3,
        "nothing_known": 1,
    }
    assert withheld[NUMBERS].isna().all(axis=None)
    assert (withheld[["reason_1", "reason_2", "reason_3"]] == "").all(axis=None)
    assert (scores.loc[~scores["abstained"], "abstain_reason"] == "").all()


@pytest.mark.parametrize("step", [2, 7])
def test_a_firms_row_does_not_depend_on_the_other_firms(step, model, tables, scores):
    some = tables.take(tables.firm_ids[::step])
    assert_same_bits(Scorer(model).score(some, AS_OF), rows(scores, some.firm_ids))


def test_a_firm_alone_scores_as_among_all(model, tables, scores):
    for firm_id in scores["firm_id"][[0, 100, 200, len(scores) - 1]]:
        assert_same_bits(Scorer(model).score(tables, AS_OF, [firm_id]), rows(scores, [firm_id]))


def test_wanted_firms_come_once_and_in_the_order_of_their_ids(model, tables, scores):
    ids = scores["firm_id"].tolist()
    wanted = [ids[5], ids[3], ids[5], ids[8]]
    assert_same_bits(Scorer(model).score(tables, AS_OF, wanted), rows(scores, wanted))


def test_without_reasons_only_the_reasons_are_missing(model, tables, scores):
    plain = Scorer(model).score(tables, AS_OF, explain=False)
    blank = scores.assign(reason_1="", reason_2="", reason_3="").astype(scores.dtypes)
    assert_same_bits(plain, blank)


def test_signals_that_no_tree_splits_on_are_not_made_and_change_nothing(model, tables, scores):
    assert 3 < len(model.columns) < len(FEATURES)
    at_risk = cohort(Snapshot(tables, AS_OF))
    whole, used = (
        feature_matrix(tables, AS_OF, model.population, at_risk, columns=columns) for columns in (None, model.columns)
    )
    left_out = [place for place, name in enumerate(FEATURES) if name not in {*model.columns, "events_known"}]
    assert np.isnan(used.values[:, left_out]).all()
    for matrix in (whole, used):
        found = score_frame(model.score(matrix))
        assert_same_bits(found, scores)


def test_places_without_a_reason_are_filled_with_signals_that_are_made(model, tables):
    # All reasons but one unstable, and the first signals without any weight too: the next ones take their place.
    split = splits(model.market.booster)
    weightless = [name for name, used in zip(FEATURES, split, strict=True) if not used]
    weighty = [name for name, used in zip(FEATURES, split, strict=True) if used]
    manifest = model.manifest.model_copy(update={"unstable_reasons": (*weightless[:3], *weighty[1:])})
    silenced = replace(model, manifest=manifest)
    at_risk = cohort(Snapshot(tables, AS_OF))
    whole = score_frame(silenced.score(feature_matrix(tables, AS_OF, model.population, at_risk)))
    found = Scorer(silenced).score(tables, AS_OF)
    assert_same_bits(whole, found)
    shown = {reason.partition("=")[0] for place in (1, 2, 3) for reason in found[f"reason_{place}"] if reason}
    assert shown == {weighty[0], *weightless[3:5]}


def test_what_becomes_known_later_changes_no_score(model, tables):
    early = date(2020, 6, 30)
    assert_same_bits(Scorer(model).score(tables.known_by(early), early), Scorer(model).score(tables, early))


def test_digest_of_a_row_tells_whether_the_firms_own_data_changed(model, portfolio, scores):
    tables = Tables.from_frames(portfolio)
    before = Scorer(model).score(tables, AS_OF)
    firm_id = before.loc[~before["abstained"], "firm_id"].iloc[0]
    grants = portfolio["grants"]
    another = {**grants.iloc[-1].to_dict(), "firm_id": firm_id, "grant_id": "one more", "awarded_on": "2025-03-01"}
    changed = {**portfolio, "grants": pd.concat([grants, pd.DataFrame([another])], ignore_index=True)}
    after = Scorer(model).score(Tables.from_frames(changed), AS_OF)
    differs = before["data_digest"] != after["data_digest"]
    assert before.loc[differs, "firm_id"].tolist() == [firm_id]


def test_date_before_anything_is_known_gives_no_rows(model, tables):
    scores = Scorer(model).score(tables, date(1980, 1, 1))
    assert len(scores) == 0
    assert tuple(scores.columns) == SCORE_COLUMNS
    assert {str(scores[name].dtype) for name in NUMBERS} == {"float64"}
    assert {str(scores[name].dtype) for name in TEXTS} == {"str"}


def test_model_from_its_folder_scores_alike(model, tables, scores, tmp_path):
    write_artefact(model, tmp_path / "model")
    assert_same_bits(Scorer.from_artefact(tmp_path / "model").score(tables, AS_OF), scores)


def test_folder_that_is_no_artefact(tmp_path):
    with pytest.raises(ArtefactError, match=r"manifest\.json"):
        Scorer.from_artefact(tmp_path)


def test_empty_registry(tmp_path):
    for reference in ("models:/littlegiants@champion", "models:/littlegiants/1"):
        with pytest.raises(RegistryError, match=reference):
            Scorer.from_registry(reference, f"sqlite:///{tmp_path}/mlflow.db")


@pytest.mark.parametrize("as_of", [date(1979, 12, 31), date(2100, 1, 1), date.min, date.max])
def test_date_out_of_range(as_of, model, tables):
    with pytest.raises(AsOfError, match=rf"{as_of} is out of range; choose one from 1980-01-01 to before 2100-01-01"):
        Scorer(model).score(tables, as_of)


@pytest.mark.parametrize("as_of", [datetime(2025, 12, 31), pd.Timestamp("2025-12-31")])
def test_time_of_day_is_refused(as_of, model, tables):
    with pytest.raises(AsOfError, match="has a time of day; give a date"):
        Scorer(model).score(tables, as_of)


def test_unknown_firms(model, tables):
    wanted = [*tables.firm_ids[:3], "nobody", "no one"]
    with pytest.raises(ConfigError, match="2 of the wanted firms are not in the firms table, 'no one' the first"):
        Scorer(model).score(tables, AS_OF, wanted)


def test_firms_that_already_left(model, tables, scores):
    left = sorted(set(tables.firm_ids) - set(scores["firm_id"]))[:2]
    with pytest.raises(
        ConfigError, match=f"2 of the wanted firms are not at risk on 2025-12-31, '{left[0]}' the first"
    ):
        Scorer(model).score(tables, AS_OF, [*left, scores["firm_id"][0]])


def test_scorer_of_a_folder_starts_without_mlflow(tmp_path):
    program = "import sys; from littlegiants.serving import Scorer; sys.exit('mlflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
