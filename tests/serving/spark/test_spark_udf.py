"""The recipe for firms that lie in a data frame as records: MLflow's `spark_udf`, on the cluster."""

import json

import mlflow
import pytest

from littlegiants.models.scoring.score_columns import COLUMNS
from littlegiants.training.tracking import _chosen
from tests.models.scoring.test_record_scorer import firms_as_json
from tests.small_model import AS_OF


@pytest.fixture
def chosen(store):
    """The store as MLflow's own, as whoever uses MLflow by itself sets it."""
    with _chosen(store):
        yield


def test_a_column_of_records_is_scored_as_the_library_does(spark, chosen, tracked, universe, scores):
    wanted = set(scores["firm_id"].head(200))
    texts = [(json.dumps(firm),) for firm in firms_as_json(universe) if firm["firm_id"] in wanted]
    firms = spark.createDataFrame(texts, "firm string").repartition(2)

    score = mlflow.pyfunc.spark_udf(
        spark, f"models:/littlegiants/{tracked.version}", params={"as_of_date": AS_OF.isoformat(), "explain": True}
    )
    scored = firms.withColumn("score", score("firm")).select("score.*")

    found = scored.toArrow().to_pandas().sort_values("firm_id", ignore_index=True)
    for column in COLUMNS:
        one, other = found[column.name], scores[column.name].head(200)
        if column.is_number:
            assert one.dropna().to_numpy().tobytes() == other.dropna().to_numpy().tobytes()
            assert one.isna().tolist() == other.isna().tolist()
        else:
            assert one.tolist() == other.tolist()
    assert set(found["error"]) == {""}
