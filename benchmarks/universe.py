"""A universe of any size, drawn straight into columns: to measure speed, where the numbers need not mean anything.

Sixteen events a firm: rounds 4, grants 3, patents 6, titles 1, annual accounts 2. One row in fifty is corrected later.
One firm in ten has ended besides, and each names two of 17,000 investors, in the mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.tables.contract import GRANT_LEVELS, INVESTOR_KINDS, OUTCOME_KINDS, ROUND_KINDS, TABLES, Kind
from littlegiants.ingest.tables.days import NEVER, NO_DAY
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.tables import Tables

EVENTS_PER_FIRM = 16
_FIRST, _LAST = 12_784, 19_723  # 2005-01-01 to 2024-01-01
_SUBCLASSES = np.array([f"{s}{n:02d}{c}" for s in "ABCDEFGH" for n in (1, 9, 23, 61) for c in "BDGL"], object)

_INVESTORS = 17_000
_PHASES = np.array(["1", "2", "3"], object)
_SCHEMES = np.array(["national", "provincial"], object)


@dataclass(frozen=True, slots=True)
class _Draw:
    random: np.random.Generator
    firms: int

    def rows(self, each: int, lag: int) -> tuple[npt.NDArray[np.int32], ...]:
        """Return firm, day, known and superseded of ``each`` events a firm in the mean, sorted by firm and day."""
        size = each * self.firms
        packed = np.sort(self.random.integers(0, self.firms, size) << 16 | self.random.integers(_FIRST, _LAST, size))
        firm, day = (packed >> 16).astype(np.int32), (packed & 0xFFFF).astype(np.int32)
        known = day + np.int32(lag)
        return firm, day, known, np.where(self.random.random(size) < 0.02, known + 300, NEVER).astype(np.int32)

    def cents(self, size: int, missing: float = 0.2) -> npt.NDArray[np.float64]:
        amounts = np.round(self.random.lognormal(18.0, 1.5, size))
        return np.where(self.random.random(size) < missing, np.nan, amounts)

    def counts(self, size: int, high: int, missing: float) -> npt.NDArray[np.float64]:
        drawn = self.random.integers(1, high, size).astype(np.float64)
        return np.where(self.random.random(size) < missing, np.nan, drawn)

    def codes(self, size: int, words: int) -> npt.NDArray[np.int32]:
        """Return codes of that many words, -1 for none."""
        return self.random.integers(-1, words, size).astype(np.int32)

    def days_after(self, days: npt.NDArray[np.int32], most: int, missing: float) -> npt.NDArray[np.int32]:
        later = days + self.random.integers(0, most, len(days))
        return np.where(self.random.random(len(days)) < missing, NO_DAY, later).astype(np.int32)

    def lists(self, size: int, most: int, vocabulary: npt.NDArray[np.object_]) -> Ragged:
        """Return lists of one to ``most`` distinct codes, ascending."""
        first = self.random.integers(0, len(vocabulary) - most * 8, size)
        steps = self.random.integers(1, 9, (size, most)).cumsum(axis=1) - 1 + first[:, None]
        lengths = self.random.integers(1, most + 1, size)
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        return Ragged(bounds, steps[np.arange(most) < lengths[:, None]].astype(np.int32), vocabulary)


def universe(firms: int, seed: int = 7) -> Tables:
    """Return tables of that many firms, with `EVENTS_PER_FIRM` times as many events."""
    draw = _Draw(np.random.default_rng(seed), firms)
    ids = np.array([f"F{number:08d}" for number in range(firms)], object)
    return Tables(ids, _firms(draw), dict(_events(draw)))


def _firms(draw: _Draw) -> Rows:
    size = draw.firms
    founded = draw.random.integers(_FIRST - 1_000, _LAST - 2_000, size).astype(np.int32)
    vocabularies = {
        "country": np.array([f"C{n:02d}" for n in range(20)], object),
        "region": np.array([f"region {n:03d}" for n in range(200)], object),
        **dict.fromkeys(("name", "city", "website"), np.array(["x"], object)),
    }
    columns: dict[str, Values] = {name: draw.codes(size, len(words)) for name, words in vocabularies.items()}
    columns["founded_on"] = founded
    columns["sectors"] = draw.lists(size, 3, np.array([f"sector {n:02d}" for n in range(60)], object))
    firm = np.arange(size, dtype=np.int32)
    return Rows(firm, founded, founded, np.full(size, NEVER, np.int32), columns, vocabularies)


def _events(draw: _Draw) -> Iterator[tuple[str, Rows]]:
    random = draw.random
    firm, *days = draw.rows(4, lag=0)
    size = len(firm)
    columns: dict[str, Values] = {
        "announced_on": days[0],
        "kind": random.integers(0, len(ROUND_KINDS), size).astype(np.int32),
        "amount": draw.cents(size),
        "investor_count": draw.counts(size, 8, 0.3),
        "state_backed_share": np.where(random.random(size) < 0.5, np.nan, random.random(size)),
        "post_money": draw.cents(size, 0.8),
    }
    yield "rounds", Rows(firm, *days, columns, {})
    firm, *days = draw.rows(3, lag=0)
    size = len(firm)
    words = {"programme": np.array([f"programme {n:02d}" for n in range(40)], object), "phase": _PHASES}
    columns = {
        "awarded_on": days[0],
        "amount": draw.cents(size),
        "level": draw.codes(size, len(GRANT_LEVELS)),
        **{name: draw.codes(size, len(texts)) for name, texts in words.items()},
    }
    yield "grants", Rows(firm, *days, columns, words)
    firm, *days = draw.rows(6, lag=548)
    size = len(firm)
    symbols = np.array([f"{subclass} {group}/00" for subclass in _SUBCLASSES for group in range(1, 5)], object)
    columns = {
        "filed_on": days[0],
        "published_on": days[1],
        "granted_on": draw.days_after(days[0], 2_000, 0.4),
        "classes": draw.lists(size, 2, symbols),
        "citations": draw.counts(size, 30, 0.4),
    }
    yield "patents", Rows(firm, *days, columns, {})
    firm, *days = draw.rows(1, lag=0)
    tier = draw.counts(len(firm), 5, 0.0)
    columns = {
        "awarded_on": days[0],
        "tier": tier,
        "scheme": draw.codes(len(firm), len(_SCHEMES)),
        "expires_on": draw.days_after(days[0], 1_500, 0.5),
    }
    yield "recognitions", Rows(firm, *days, columns, {"scheme": _SCHEMES})
    firm, *days = draw.rows(2, lag=120)
    figures = tuple(c.name for c in TABLES["financials"].columns if c.kind is Kind.MONEY)
    columns = {"period_end": days[0], **{name: draw.cents(len(firm)) for name in figures}}
    yield "financials", Rows(firm, *days, {**columns, "employees": draw.counts(len(firm), 500, 0.3)}, {})
    yield "outcomes", _outcomes(draw)
    firm, *days = draw.rows(2, lag=0)
    size = len(firm)
    investors = np.array([f"investor {n:05d}" for n in range(_INVESTORS)], object)
    columns = {
        "announced_on": days[0],
        # Few invest often: the reach of an investor falls with its number.
        "investor": (_INVESTORS * random.random(size) ** 3).astype(np.int32),
        "kind": draw.codes(size, len(INVESTOR_KINDS)),
        "country": draw.codes(size, 1),
        "lead": np.where(random.random(size) < 0.3, np.nan, random.integers(0, 2, size).astype(np.float64)),
        "amount": draw.cents(size, 0.8),
    }
    yield "investments", Rows(firm, *days, columns, {"investor": investors, "country": np.array(["x"], object)})


def _outcomes(draw: _Draw) -> Rows:
    """Return the end of one firm in ten: an IPO, an acquisition or a closure, each as often as the others."""
    random = draw.random
    firm = np.flatnonzero(random.random(draw.firms) < 0.1).astype(np.int32)
    day = random.integers(_FIRST, _LAST, len(firm)).astype(np.int32)
    kind = random.integers(0, len(OUTCOME_KINDS), len(firm)).astype(np.int32)
    return Rows(firm, day, day, np.full(len(firm), NEVER, np.int32), {"happened_on": day, "kind": kind}, {})
