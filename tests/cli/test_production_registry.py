"""From training to serving by the registry of production: an MLflow server, its runs and models in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from mlflow import MlflowClient
from sqlalchemy import create_engine, text

from littlegiants.models.registry import registry
from littlegiants.training.tracking import prepare
from tests.cli.conftest import giants, score
from tests.models.scoring.test_record_scorer import firms_as_json
from tests.postgres import mlflow_server, postgres
from tests.serving.http.conftest import serving


@pytest.fixture(scope="module")
def database():
    with postgres() as address:
        yield address


@pytest.fixture(scope="module")
def production(database, tmp_path_factory):
    """Address of the server, which two trainings use for the first time at once."""
    with mlflow_server(database, tmp_path_factory.mktemp("registry")) as address:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(prepare, [address] * 4))
        yield address


@pytest.fixture(scope="module")
def trained(production, world):
    """What the training said, whose model is the champion by now."""
    done = giants("train", "--data", world.data, "--config", world.config, "--store", production)
    assert done.code == 0, done.err
    registry.promote(1, production)  # unjudged: the gate wants more firms than these
    return done


def test_the_training_is_in_the_database(trained, database, production):
    engine = create_engine(database)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, version, status, description FROM model_versions")).fetchall()
        digest = connection.execute(text("SELECT digest FROM datasets")).scalar_one()
    engine.dispose()
    assert [row[:3] for row in rows] == [("littlegiants", 1, "READY")]
    assert rows[0][3].startswith("**market**: whether a firm succeeds within 24 months")
    run = MlflowClient(production, production).get_run(registry.versions(production)[0].run_id)
    assert run.data.params["data_digest"].startswith(digest)
    assert run.info.status == "FINISHED"


def test_the_champion_scores_as_the_same_model_from_a_folder(trained, production, world, tmp_path):
    listed = giants("models", "--store", production).out
    assert registry.versions(production)[0].digest[:12] in listed
    done = giants(
        *("score", "--data", world.data, "--as-of", "2023-12-31", "--store", production, "--out", tmp_path / "p.csv")
    )
    assert done.code == 0, done.err
    assert score(world, out=tmp_path / "f.csv").code == 0
    assert (tmp_path / "p.csv").read_bytes() == (tmp_path / "f.csv").read_bytes()


def test_the_champion_is_served(trained, production, world, tmp_path):
    firms = firms_as_json(world.data)[:20]
    with serving(tmp_path, "--store", production) as running:
        answer = running.score(firms, as_of="2023-12-31")
    results = [result for result in answer.json()["results"] if "error" not in result]
    assert results
    assert {result["model_version"] for result in results} == {registry.versions(production)[0].digest[:12]}


def test_the_longest_description_fits_into_the_database(trained, production):
    client = MlflowClient(production, production)
    client.update_model_version("littlegiants", "1", "é" * 5_000)
    assert client.get_model_version("littlegiants", "1").description == "é" * 5_000
