"""A small real model, its universe and a portfolio with every kind of firm that it withholds a probability for."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.features.reading import read_tables
from littlegiants.features.tables import Tables
from littlegiants.models.artefact import read_artefact, write_artefact
from littlegiants.models.model import Model
from littlegiants.serving.scorer import Scorer
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate

AS_OF = date(2025, 12, 31)
SMALL = {
    "booster": {"trees": 60, "leaf_firms": 15, "threads": 1},
    "dates": {"fit_dates": 2},
    "min_subsidised": 50,
    "bootstrap": 20,
}


@pytest.fixture(scope="session")
def universe(tmp_path_factory):
    """Folder of a simulated universe."""
    folder = tmp_path_factory.mktemp("universe")
    simulate(folder, firms=1_200, seed=7)
    return folder


@pytest.fixture(scope="session")
def tables(universe) -> Tables:
    return read_tables(universe)


@pytest.fixture(scope="session")
def model(tables, tmp_path_factory) -> Model:
    """A model as it comes from its artefact."""
    folder = tmp_path_factory.mktemp("models") / "model"
    write_artefact(train(tables, TrainConfig.model_validate(SMALL)).model, folder)
    return read_artefact(folder)


@pytest.fixture(scope="session")
def scores(model, tables) -> pd.DataFrame:
    return Scorer(model).score(tables, AS_OF)


@pytest.fixture(scope="session")
def portfolio(universe) -> dict[str, pd.DataFrame]:
    """Frames of 90 firms, by table: some of an unknown country or sector, one without events, some rows amiss."""
    frames = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(universe.glob("*.csv"))}
    known = set(frames["rounds"]["firm_id"]) - set(frames["outcomes"]["firm_id"])
    kept = sorted(known & set(frames["firms"].loc[frames["firms"]["founded_on"] < "2020", "firm_id"]))[:90]
    frames = {name: frame[frame["firm_id"].isin(kept)].reset_index(drop=True) for name, frame in frames.items()}
    firms = frames["firms"]
    firms.loc[firms["firm_id"].isin(kept[:4]), "country"] = "AQ"
    firms.loc[firms["firm_id"].isin(kept[4:7]), "sectors"] = "alchemy"
    for name in ("rounds", "grants", "patents", "recognitions", "financials"):
        frames[name] = frames[name][frames[name]["firm_id"] != kept[7]].reset_index(drop=True)
    frames["grants"].loc[:2, "amount"] = "-5"
    return frames
