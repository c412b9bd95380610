"""The truth: exact by construction, held here against closed forms and against what came."""

import dataclasses

import numpy as np
import pytest

from littlegiants.training.simulator.economy import TIERS, WINDOW, Economy, Firms, State, chances, truth
from littlegiants.training.simulator.history import realised
from littlegiants.training.simulator.names import SECTORS
from tests.training.simulator.small_world import played

pytestmark = pytest.mark.slow

# Windows that do not overlap: given the states they open on, their outcomes are independent.
DATES = (95, 119, 143, 167, 191, 215, 239)  # December of 2010, 2012, ... 2022
NO_HEAT = np.zeros((len(SECTORS) + 1, 400))
# Log-odds of -inf are chances of exactly zero.
QUIET = dataclasses.replace(Economy(), closure=-np.inf, grant=-np.inf, climb_by_tier=(-np.inf,) * 4)


def one_firm(**traits: float) -> Firms:
    fixed = {"born": 0, "region": 0, "quality": 0.0, "dependence": 0.0, "place_market": 0.0, "place_grant": 0.0}
    values = {name: np.array([value]) for name, value in (fixed | {"place_climb": 0.0} | traits).items()}
    return Firms(sectors=np.array([[0, len(SECTORS), len(SECTORS)]]), **values)


def state(month: int = 60, **facts: int) -> State:
    values = {"firm": 0, "last": 40, "grants": 0, "granted": 0, "stage": 1, "tier": 0} | facts
    return State(month, **{name: np.array([value]) for name, value in values.items()})


def probabilities(economy=None, firms=None, at=None):
    return truth(economy or Economy(), NO_HEAT, firms or one_firm(), at or state())[0]


def outcomes_and_truth(believed: Economy) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Labels, probabilities under believed parameters, and traits of every firm and date of one large economy."""
    firms, heat, history = played(count=16_000, keep=DATES)
    labels, rows, traits = [], [], []
    for month in DATES:
        here = history.states[month]
        some = firms.take(here.firm)
        labels.append(realised(history, month))
        rows.append(truth(believed, heat, some, here))
        traits.append((some.quality, some.dependence, month - some.born, month - here.last, here.tier, here.grants))
    names = ("quality", "dependence", "age", "wait", "tier", "grants")
    columns = (np.concatenate(column) for column in zip(*traits, strict=True))
    return np.concatenate(labels), np.concatenate(rows), dict(zip(names, columns, strict=True))


def decile_scores(came: np.ndarray, p: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Standard scores of how many came in each tenth: the sum of y - p over the root of the sum of p (1 - p)."""
    parts = np.array_split(np.argsort(by, kind="stable"), 10)
    return np.array([(came[i] - p[i]).sum() / np.sqrt((p[i] * (1 - p[i])).sum()) for i in parts])


def scores(believed: Economy) -> np.ndarray:
    """Scores (outcome, ordering, tenth) by the probability itself and by all that it should have taken into account."""
    labels, p, traits = outcomes_and_truth(believed)
    return np.array(
        [[decile_scores(labels == k, p[:, k], by) for by in (p[:, k], *traits.values())] for k in range(len(p[0]))]
    )


# Twelve other seeds gave at most 3.5 for the largest of the 210 scores, and 0.8 to 1.25 for their mean square.
def is_calibrated(z: np.ndarray) -> bool:
    return bool(np.abs(z).max() < 4.3 and (z**2).mean() < 1.5)


def test_realised_frequencies_match_the_truth_by_probability_and_by_trait():
    assert is_calibrated(scores(Economy()))


@pytest.mark.parametrize(
    ("parameter", "wrong"),
    [
        ("market_quality", 0.40),
        ("market_dependence", 0.10),
        ("market_by_tier", (0.0,) * 5),
        ("peak_width", 0.70),
        ("grant_habit", 0.50),
        ("grant_lull", 0.20),
        ("closure", -5.4),
        ("climb_by_tier", (-3.0,) * 4),
    ],
)
def test_the_same_frequencies_refute_a_wrong_economy(parameter, wrong):
    assert not is_calibrated(scores(dataclasses.replace(Economy(), **{parameter: wrong})))


def test_rows_of_the_truth_are_probabilities_that_sum_to_one():
    _, p, _ = outcomes_and_truth(Economy())
    assert p.min() > 0
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=0, atol=1e-12)


def test_alone_market_events_come_as_often_as_no_month_misses():
    at = state()
    missed = np.prod([1 - chances(QUIET, NO_HEAT, one_firm(), at, m).market[0, 0] for m in range(61, 61 + WINDOW)])
    np.testing.assert_allclose(probabilities(QUIET), [1 - missed, 0, missed], rtol=1e-12)


def test_alone_grants_subsidise_as_often_as_no_month_misses():
    economy = dataclasses.replace(QUIET, grant=-3.0, market_by_stage=(-np.inf,) * 6)
    # lambda = exp(-3), p = lambda / (1 + lambda) each month: no habit and no lull before the first grant.
    missed = (1 - np.exp(-3) / (1 + np.exp(-3))) ** WINDOW
    np.testing.assert_allclose(probabilities(economy), [0, 1 - missed, missed], rtol=1e-12)


def test_closure_leaves_a_firm_stalled_or_subsidised_but_keeps_it_from_the_market():
    deadly = dataclasses.replace(Economy(), closure=20.0)  # nobody outlives the first month
    first = chances(Economy(), NO_HEAT, one_firm(), state(), 61).market[0, 0]
    np.testing.assert_allclose(probabilities(deadly), [first, 0, 1 - first], atol=1e-7)


def test_a_market_event_outranks_a_grant_of_the_same_window():
    economy = dataclasses.replace(QUIET, grant=20.0)
    np.testing.assert_allclose(probabilities(economy)[0], probabilities(QUIET)[0], rtol=1e-12)
    assert probabilities(economy)[2] < 1e-8


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"firms": one_firm(quality=1.0)}, {"firms": one_firm(quality=-1.0)}),
        ({"firms": one_firm(dependence=-1.0)}, {"firms": one_firm(dependence=1.0)}),
        ({"firms": one_firm(place_market=0.3)}, {"firms": one_firm()}),
        ({"at": state(tier=3)}, {"at": state(tier=0)}),
        ({"at": state(last=45)}, {"at": state(last=1)}),
        ({"at": state(stage=1)}, {"at": state(stage=0)}),
    ],
)
def test_what_the_market_likes(better, worse):
    assert probabilities(**better)[0] > probabilities(**worse)[0]


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"firms": one_firm(dependence=1.0)}, {"firms": one_firm(dependence=-1.0)}),
        ({"at": state(tier=3)}, {"at": state(tier=0)}),
        ({"at": state(grants=5, granted=55)}, {"at": state(grants=1, granted=55)}),
        ({"at": state(grants=2, granted=59)}, {"at": state(grants=2, granted=10)}),
    ],
)
def test_grants_chase_recognition_dependence_and_earlier_grants(more, less):
    assert chances_of_grant(**more) > chances_of_grant(**less)


def chances_of_grant(firms: Firms | None = None, at: State | None = None) -> float:
    at = at or state()
    return float(chances(Economy(), NO_HEAT, firms or one_firm(), at, 61).grant[0, at.tier[0]])


def test_firms_that_depend_on_subsidies_live_on():
    needy, proud = (chances(Economy(), NO_HEAT, one_firm(dependence=d), state(), 61).closure[0, 0] for d in (1.5, -1.5))
    assert needy < proud


def test_heat_of_the_sector_and_of_no_other_moves_the_market():
    own, other = NO_HEAT.copy(), NO_HEAT.copy()
    own[0], other[1] = 0.3, 0.3
    at, firm = state(), one_firm()
    cold, warm, same = (truth(Economy(), heat, firm, at)[0, 0] for heat in (NO_HEAT, own, other))
    assert warm > cold == same


def test_recognition_stops_at_the_highest_tier_and_waits_for_the_second_year():
    assert chances(Economy(), NO_HEAT, one_firm(), state(), 61).climb[0, TIERS - 1] == 0
    assert chances(Economy(), NO_HEAT, one_firm(born=38), state(), 61).climb.max() == 0
    assert chances(Economy(), NO_HEAT, one_firm(born=37), state(), 61).climb[0, 0] > 0


def test_base_rates_are_those_of_a_working_market_and_hardly_drift():
    _, p, _ = outcomes_and_truth(Economy())
    sizes = [len(played(count=16_000, keep=DATES)[2].states[month].firm) for month in DATES]
    by_date = np.array([part.mean(axis=0) for part in np.split(p, np.cumsum(sizes)[:-1])])
    assert np.all((by_date[:, 0] > 0.20) & (by_date[:, 0] < 0.33))
    assert np.all((by_date[:, 1] > 0.22) & (by_date[:, 1] < 0.37))
    assert np.abs(np.diff(by_date[:, 0])).max() < 0.03
