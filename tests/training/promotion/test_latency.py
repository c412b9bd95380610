"""Latency as a ratio to the champion: on a clock that only the two models move."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from littlegiants.training.promotion.decision import Verdict
from littlegiants.training.promotion.latency import latency
from littlegiants.training.promotion.policy import Policy

VALUES = np.zeros((3_000, 2))


@dataclass
class Clock:
    """Time that passes only when a model scores."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Timed:
    """A model that takes some seconds for each call and each row, and more where the machine is busy."""

    clock: Clock
    call: float = 1.0
    row: float = 0.0
    busy: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def interval(self, values):
        self.rows.append(len(values))
        self.clock.now += self.call + self.row * len(values) + (self.busy.pop() if self.busy else 0.0)
        return np.zeros(len(values))


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("littlegiants.training.promotion.latency.perf_counter", made)
    return made


def judged(model: Timed, champion: Timed):
    return latency(model, champion, VALUES, Policy(slower=10))  # type: ignore[arg-type]


def test_ten_times_as_slow_passes_and_no_more(clock):
    check = judged(Timed(clock, call=10), Timed(clock, call=1))
    assert (check.verdict, check.figures) == (Verdict.PASS, {"one_row": 10, "batch": 10})
    check = judged(Timed(clock, call=12), Timed(clock, call=1))
    assert check.verdict is Verdict.REFUSE
    assert check.sentence == "12.0 times the champion's time for one row, 12.0 for many; 10 are allowed"


def test_a_batch_alone_can_be_too_slow(clock):
    # 1 + 2,000 × 0.01 = 21 seconds for the batch, 1.01 for one row.
    model, champion = Timed(clock, row=0.01), Timed(clock)
    check = judged(model, champion)
    assert check.figures == pytest.approx({"one_row": 1.01, "batch": 21})
    assert check.verdict is Verdict.REFUSE
    assert set(model.rows) == set(champion.rows) == {1, 2_000}


def test_a_busy_machine_is_no_reason_to_refuse(clock):
    check = judged(Timed(clock, busy=[500.0, 90.0, 30.0]), Timed(clock))
    assert (check.verdict, check.figures["one_row"]) == (Verdict.PASS, 1)
