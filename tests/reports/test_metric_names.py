"""Metrics and successes in a reader's words."""

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.manifest import LabelDefinition
from littlegiants.reports.metric_names import MEANINGS, success
from littlegiants.training.evaluation.metrics import CALIBRATION, SKILL


def definition(outcome: str, min_round_usd: float = 1e6) -> LabelDefinition:
    return LabelDefinition(outcome=outcome, timespan="24 months", min_round_usd=min_round_usd, require_round=False)


@pytest.mark.parametrize("metric", MEANINGS)
def test_a_metric_that_is_measured_has_name_meaning_and_direction(metric):
    name, meaning, better = MEANINGS[metric]
    assert metric in {**SKILL, **CALIBRATION}
    assert name[0].isupper()
    assert meaning
    assert better.split(" is ")[1] in ("better", "best")


def test_names_differ():
    assert len({name for name, _, _ in MEANINGS.values()}) == len(MEANINGS)


def test_a_market_success_names_the_smallest_round():
    assert success(definition("market", 2.5e6)) == (
        "an IPO, an acquisition, or a private round of at least US$ 2.5 m that is neither a grant nor debt nor mostly "
        "paid by the state"
    )


def test_an_exit_needs_no_round():
    assert success(definition("exit")) == "an IPO or an acquisition"


def test_an_outcome_that_nobody_declared():
    with pytest.raises(ConfigError, match="there is no outcome 'ipo'"):
        success(definition("ipo"))
