"""What every test shares: Hypothesis without chance, plots without a screen, the public data sets where they are."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

# Set before anything imports the libraries that read them.
os.environ["MPLBACKEND"] = "Agg"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.pop("MLFLOW_TRACKING_URI", None)  # the tests' runs must never show up in someone's real tracking server
os.environ["PYSPARK_PYTHON"] = sys.executable  # what executors run, which is any Python that they find otherwise
os.environ.setdefault("OMP_NUM_THREADS", "1")  # OpenMP threads wait by spinning: two test processes on two cores crawl

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
# `make long` tries this many times as many examples where a single one is dear.
LONG = int(os.environ.get("LITTLEGIANTS_LONG_TESTS") or 1)
REAL_DATA = Path(os.environ.get("LITTLEGIANTS_REAL_DATA") or ROOT.parent / "shared" / "data").resolve()


def examples(few: int, many: int) -> int:
    """How many examples a test tries: a few in CI, and `LONG` times as many as it takes in `make long`."""
    return few if LONG == 1 else many * LONG


# A red build must be red for everyone; `--hypothesis-profile=search` looks for new counter-examples, and `make quick`
# takes few examples.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=10)
settings.register_profile("search", max_examples=2_000, deadline=None)
settings.load_profile("ci")


# What it says of a test that it asks for a fixture.
MARKS = {
    "real_data": "real_data",
    "browser": "browser",
    "visit": "browser",
    "service": "service",
    "origin": "slow",
    "promotion_world": "slow",
    "spark": "slow",
    "store": "slow",
    "truth": "slow",
    "world": "slow",
}
# The rooms whose tests start nothing; those of them without another mark are of `make quick`.
QUICK = tuple(
    f"tests/{room}/"
    for room in (
        *(f"ingest/{part}" for part in ("entities", "files", "readers", "records", "tables")),
        *("features", "models/artefact", "models/scoring", "reports", "training/evaluation"),
    )
)
# Tests that share what takes longest to make; one process runs them all, and so makes it once.
SHARED = {
    "tests/cli/test_promoting.py": "promotion",
    "tests/cli/test_spark.py": "spark",
    "tests/serving/spark/": "spark",
    "tests/training/backtest/": "backtest",
    "tests/training/promotion/": "promotion",
    "tests/training/reporting/": "backtest",
}


def group(nodeid: str) -> str:
    """The tests that run in the same process as one: those of its file, or of `SHARED`."""
    return next((name for path, name in SHARED.items() if nodeid.startswith(path)), nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Give each process whole groups, so that the fixtures of a file are made once."""
    from xdist.scheduler import LoadScopeScheduling

    class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False  # the order is that of the collection
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they ask for and call, so that `-m "not service"` leaves out all that talk to a service."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKS:
                item.add_marker(MARKS[fixture])
        if isinstance(item, pytest.Function) and "serving" in item.function.__code__.co_names:
            item.add_marker("service")
        if item.nodeid.startswith(QUICK) and not any(item.get_closest_marker(name) for name in {*MARKS.values()}):
            item.add_marker("quick")
    # The groups that take long come first: begun last, one would keep a single process busy at the end.
    slow = {group(item.nodeid) for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: group(item.nodeid) not in slow)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the public data sets; a test that asks for it is skipped, and says so, where there is none."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"no public data sets in {REAL_DATA}: set LITTLEGIANTS_REAL_DATA to the folder that holds them")
    return REAL_DATA


@pytest.fixture(scope="session")
def universe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the tables of a small simulated universe."""
    from littlegiants.training.simulator import simulate

    folder = tmp_path_factory.mktemp("universe")
    simulate(folder, firms=1_200, seed=7)
    return folder


@pytest.fixture(scope="session")
def tables(universe):
    """The tables of the small universe."""
    from littlegiants.ingest.readers.read import read_tables

    return read_tables(universe)


@pytest.fixture(scope="session")
def trained(tables):
    """A model trained on the small universe, not yet written."""
    from littlegiants.training.pipeline import train
    from tests.small_model import small_config

    return train(tables, small_config())


@pytest.fixture(scope="session")
def artefact(trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the trained model; a test that changes it takes a copy."""
    from littlegiants.models.artefact.artefact import write_artefact

    folder = tmp_path_factory.mktemp("models") / "model"
    write_artefact(trained.model, folder)
    return folder


@pytest.fixture(scope="session")
def model(artefact):
    """The trained model as it comes from its artefact."""
    from littlegiants.models.artefact.artefact import read_artefact

    return read_artefact(artefact)


@pytest.fixture(scope="session")
def scores(model, tables):
    """Scores of every firm at risk in the small universe."""
    from littlegiants.serving.scorer import Scorer
    from tests import small_model

    return Scorer(model).score(tables, small_model.AS_OF)


@pytest.fixture(scope="session")
def portfolio(universe):
    """Frames of 90 firms, by table: some of an unknown country or sector, one without events, some rows amiss."""
    import pandas as pd

    frames = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(universe.glob("*.csv"))}
    known = set(frames["rounds"]["firm_id"]) - set(frames["outcomes"]["firm_id"])
    kept = sorted(known & set(frames["firms"].loc[frames["firms"]["founded_on"] < "2020", "firm_id"]))[:90]
    frames = {name: frame[frame["firm_id"].isin(kept)].reset_index(drop=True) for name, frame in frames.items()}
    firms = frames["firms"]
    firms.loc[firms["firm_id"].isin(kept[:4]), "country"] = "AQ"
    firms.loc[firms["firm_id"].isin(kept[4:7]), "sectors"] = "alchemy"
    for name in ("rounds", "grants", "patents", "recognitions", "financials", "investments"):
        frames[name] = frames[name][frames[name]["firm_id"] != kept[7]].reset_index(drop=True)
    frames["grants"].loc[:2, "amount"] = "-5"
    return frames


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    """Address of a SQLite store for MLflow, in a folder with a blank in its name."""
    # MLflow's migrations wait for the disk hundreds of times; where memory is a folder, they need not.
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made inside
    with tempfile.TemporaryDirectory(prefix="the store ", dir=memory if memory.is_dir() else None) as folder:
        yield f"sqlite:///{folder}/mlflow.db"


@pytest.fixture(scope="session")
def tracked(trained, store):
    """The trained model's run and registered version; the store holds version 1, and who adds more removes them."""
    from littlegiants.training.tracking import track

    return track(trained, store)


@pytest.fixture(scope="session")
def logged(tracked, store) -> Path:
    """Folder in which the store keeps the files of version 1."""
    from mlflow import MlflowClient

    address = MlflowClient(store, store).get_model_version_download_uri("littlegiants", str(tracked.version))
    return Path(url2pathname(urlsplit(address).path))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory):
    """A Spark session of a cluster with two workers; a test that asks for it is skipped, and says so, without Java."""
    if shutil.which("java") is None:
        pytest.skip("no Java for Spark: apt-get install openjdk-17-jre-headless")
    from tests.spark_cluster import session

    with session(tmp_path_factory.mktemp("spark")) as found:
        yield found


@pytest.fixture(scope="session")
def promotion_world(tmp_path_factory: pytest.TempPathFactory):
    """An economy large enough for the gate, with its champion and ways to forge challengers."""
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.training.pipeline import train
    from littlegiants.training.simulator import simulate
    from tests.training.promotion.world import FIRMS, World, config

    folder = tmp_path_factory.mktemp("promotion")
    simulate(folder / "data", firms=FIRMS, seed=7)
    tables = read_tables(folder / "data")
    return World(tables, train(tables, config(), measured=False), folder)
