"""How stale a model is: counted from the as-of date asked about, back to what the model learned."""

from datetime import date

import pytest

from littlegiants.ingest.errors import StaleModelError, StopError
from littlegiants.models.staleness import STALE_MONTHS, WARN_MONTHS, Staleness, age, check_age


def learned(model, test: str | None, known_by: str, timespan: str = "24 months"):
    """The model's manifest with other dates."""
    days = model.manifest.dates.model_copy(
        update={"test": None if test is None else date.fromisoformat(test), "known_by": date.fromisoformat(known_by)}
    )
    label = model.manifest.label.model_copy(update={"timespan": timespan})
    return model.manifest.model_copy(update={"dates": days, "label": label})


@pytest.mark.parametrize(
    ("as_of", "months", "staleness"),
    [
        ("2010-01-01", 0, "fresh"),
        # A label of 2023-12-31 is complete on 2025-12-31: by then nothing newer could have been learned and measured.
        ("2025-12-31", 0, "fresh"),
        ("2026-12-30", 11.99, "fresh"),  # 365 days at 30.4375: 2024 had a 29 February
        ("2027-01-31", 13.04, "ageing"),  # 397 days
        ("2027-12-30", 23.98, "ageing"),  # 730 days
        ("2028-01-31", 25.03, "expired"),  # 762 days
        ("2099-12-31", 888.02, "expired"),  # 27,029 days
    ],
)
def test_the_age_is_that_of_what_was_not_learned(model, as_of, months, staleness):
    found = age(learned(model, "2023-12-31", "2025-12-31"), date.fromisoformat(as_of))
    assert (found.staleness, found.learned_by) == (staleness, date(2023, 12, 31))
    assert found.months == pytest.approx(months, abs=0.01)


def test_a_model_without_a_holdout_learned_all_there_was(model):
    assert age(learned(model, None, "2025-12-31"), date(2027, 12, 31)).months == 0


def test_a_window_of_days_is_counted_in_days(model):
    manifest = learned(model, "2011-07-31", "2013-10-01", "793 days")
    assert age(manifest, date(2013, 10, 1)).months == 0
    assert age(manifest, date(2013, 11, 1)).months == pytest.approx(31 / 30.4375)


def test_thresholds_may_be_others(model):
    manifest = learned(model, "2023-12-31", "2025-12-31")
    assert age(manifest, date(2026, 6, 30), warn=3).staleness is Staleness.AGEING
    assert age(manifest, date(2026, 6, 30), warn=3, stale=5).staleness is Staleness.EXPIRED
    assert age(manifest, date(2026, 6, 30)).staleness is Staleness.FRESH
    assert (WARN_MONTHS, STALE_MONTHS) == (12, 24)


def test_an_expired_model_is_refused_unless_someone_answers_for_it(model):
    manifest = learned(model, "2023-12-31", "2025-12-31")
    with pytest.raises(StaleModelError) as caught:
        check_age(manifest, date(2030, 12, 31))
    assert str(caught.value) == (
        "the model is too old for firms as of 2030-12-31: its newest labels were known by 2023-12-31, 60 months older "
        "than they need be: it has expired, 24 are allowed; train again"
    )
    assert (caught.value.exit_code, isinstance(caught.value, StopError)) == (6, True)
    assert check_age(manifest, date(2030, 12, 31), "the audit of 2031").staleness is Staleness.EXPIRED
    assert check_age(manifest, date(2027, 6, 30)).staleness is Staleness.AGEING
