"""What a training keeps of its newest cohort is what a score sees of that cohort."""

from datetime import date

import numpy as np

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.models.distribution import psi


def test_it_is_the_cohort_of_the_calibration_date_as_a_score_sees_it(trained, tables):
    model, kept = trained.model, trained.model.cohort
    assert kept.as_of == model.manifest.dates.calibrate == date(2021, 12, 31)
    snapshot = Snapshot(tables, kept.as_of, model.population)
    matrix = FeatureMatrix.of(snapshot, cohort(snapshot))
    assert kept.firms == len(matrix)
    for name, column in zip(matrix.names, matrix.values.T, strict=True):
        distribution = kept.features[name]
        assert distribution.counts == tuple(distribution.counted(column).tolist()), name
    assert kept.withheld == {"nothing_known": int((matrix.events == 0).sum())}


def test_it_says_how_far_a_feature_moved_between_the_dates_of_the_training(trained):
    panel, features = trained.fitting, trained.model.cohort.features
    column = list(features).index("months_since_accounts")
    found = features["months_since_accounts"]
    others = [panel.values[panel.as_of == i, column] for i in range(len(panel.dates) - 1)]
    expected = max(psi(np.array(found.counts), found.counted(values)) for values in others)
    # Accounts are of the end of a year, and one of the dates is in June.
    assert found.usual == expected > 1


def test_it_holds_the_longest_silence_of_each_table(trained, tables):
    model = trained.model
    days = [Snapshot(tables, day) for day in (*model.manifest.dates.fit, model.manifest.dates.calibrate)]
    for name, longest in model.cohort.silent_days.items():
        assert longest == max(snapshot.day - getattr(snapshot, name).day.max() for snapshot in days)
    assert set(model.cohort.silent_days) == set(model.manifest.observed_tables)
