"""A cohort in counts: those of two sets of firms are those of both."""

import itertools
from functools import reduce

import numpy as np
import pytest

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.watch.run import judged, watch
from littlegiants.serving.watch.summary import CohortSummary
from tests.small_model import AS_OF


def summary(model, tables) -> CohortSummary:
    snapshot = Snapshot(tables, AS_OF, model.population)
    firms = cohort(snapshot)
    matrix = FeatureMatrix.of(snapshot, firms, columns=model.columns)
    return CohortSummary.of(
        model.cohort, snapshot, matrix, firms, abstain_reason(matrix, model.manifest.observed_tables)
    )


@pytest.mark.parametrize("cuts", [(), (600,), (1, 2, 700)])
def test_the_summary_of_all_firms_is_the_sum(cuts, model, tables):
    bounds = [0, *cuts, len(tables)]
    parts = [tables.slice(first, last) for first, last in itertools.pairwise(bounds)]
    found = reduce(CohortSummary.__add__, (summary(model, part) for part in parts), CohortSummary())
    whole = summary(model, tables)
    assert {**found.features} == {**whole.features}
    assert (found.firms, {**found.withheld}, {**found.days}, {**found.unseen}) == (
        whole.firms,
        {**whole.withheld},
        {**whole.days},
        {**whole.unseen},
    )
    market = Scorer(model).score_arrays(tables, AS_OF, explain=False)["p_market"]
    assert judged(model, found, market, AS_OF) == watch(model, tables, AS_OF)
    assert sum(np.array(found.features["age_years"])) == found.firms
