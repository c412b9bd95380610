"""Tables with all that can go wrong in them, and the job that scores them at once."""

from pathlib import Path

import pytest

from littlegiants.serving.batch.job import Job, score_whole
from littlegiants.serving.batch.scored_partition import Order
from littlegiants.serving.scorer import Scorer
from tests.small_model import AS_OF


@pytest.fixture(scope="session")
def scorer(model) -> Scorer:
    return Scorer(model)


@pytest.fixture(scope="session")
def place(portfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tables: 90 firms, some of which have left, rows that are quarantined, one that cannot be read."""
    folder = tmp_path_factory.mktemp("place")
    for name, frame in portfolio.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    with (folder / "firms.csv").open("a", encoding="utf-8") as firms:
        firms.write("lost,Lost,,,,2010-02-30,,\nlost,Lost,,,,2010-02-30,,\n,Nameless,,,,,,\nragged,x\n")
    return folder


@pytest.fixture(scope="session")
def order(place) -> Order:
    return Order(str(place), AS_OF, watch=True)


@pytest.fixture(scope="session")
def whole(scorer, order) -> Job:
    return score_whole(scorer, order)
