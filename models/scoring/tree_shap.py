"""Exact TreeSHAP of many rows at once, the same bits for a row alone and among others.

A leaf's contributions depend on no more than which of its path's features lead there: a pattern of a few bits, each of
which has been answered in advance (as Nadel and Wettenstein 2025 do). So a row costs one look-up for each leaf, where
LightGBM walks all paths anew. The game is LightGBM's: features that are not known follow the rows of the training
(path-dependent TreeSHAP, Lundberg et al. 2020), and contributions agree with LightGBM's but for rounding. See decision
19 in ``docs/adr``.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats, Mask

# A path of d features has 2^d patterns of d contributions. Deeper trees, or more of them, are left to LightGBM.
_MOST_LEAVES, _MOST_FEATURES, _MOST_ANSWERS = 50_000, 14, 1 << 24
_ROWS = 64  # at a time: what they look up stays in the cache
_LEFT, _RIGHT = 0, 1
_INFINITE = 1e300

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Node:
    """A split: rows up to a threshold go left, or those of some categories, and those without a value or not."""

    feature: int
    threshold: float | None
    categories: frozenset[int]
    missing_left: bool


@dataclass(frozen=True, slots=True)
class _Leaves:
    """Leaves whose paths have the same number d of features.

    Attributes
    ----------
    features, conditions : ndarray, shape (leaves, d)
        The features of each path, and the condition that a row meets if a feature leads to the leaf.
    first : ndarray, shape (leaves, 1)
        Where the answers of each leaf begin.
    answers : ndarray, shape (leaves * 2**d, d)
        The features' contributions for each pattern of conditions that are met.
    """

    features: Indices
    conditions: Indices
    first: Indices
    answers: Floats

    def indices(self, rows: int, width: int) -> Indices:
        """Return where the contributions of so many rows belong: leaf by leaf, row by row, feature by feature."""
        first = np.arange(rows)[None, :, None] * width
        return (first + self.features[:, None, :]).reshape(len(self.features), -1)

    def add(self, met: Mask, found: Floats, indices: Indices) -> None:
        """Add the contributions of rows, given which conditions (axis 0) they (axis 1) meet."""
        leaves, depth = self.features.shape
        pattern = np.zeros((leaves, met.shape[1]), np.int64)
        for slot in range(depth):
            pattern += met[self.conditions[:, slot]].astype(np.int64) << slot
        contributions = self.answers[self.first + pattern]
        indices = indices[:, : met.shape[1] * depth]
        # It adds one after the other, so that a row's sum does not depend on what rows stand beside it.
        found += np.bincount(indices.ravel(), contributions.ravel(), found.size).reshape(found.shape)


class TreeShap:
    """The contributions of a booster's features.

    Parameters
    ----------
    booster
        The booster, of whose trees nothing else is kept.

    Attributes
    ----------
    possible
        Whether its trees are small enough; if not, nothing is computed here.
    """

    def __init__(self, booster: lgb.Booster) -> None:
        trees = booster.dump_model()["tree_info"]
        few = sum(tree["num_leaves"] for tree in trees) <= _MOST_LEAVES
        by_depth: defaultdict[int, list[_Path]] = defaultdict(list)
        for path in (path for tree in trees for path in _paths(tree["tree_structure"])) if few else ():
            by_depth[len(path.features)].append(path)
        by_depth.pop(0, None)  # trees without a split
        self.possible = (
            few
            and max(by_depth, default=0) <= _MOST_FEATURES
            and sum(len(some) * depth << depth for depth, some in by_depth.items()) <= _MOST_ANSWERS
        )
        grouped = [by_depth[depth] for depth in sorted(by_depth)] if self.possible else []
        self._conditions = _Conditions(path for some in grouped for path in some)
        self._leaves = [_leaves(some, self._conditions) for some in grouped]

    def __call__(self, values: Floats) -> Floats:
        """Return the contributions of each feature (n, k) to the log-odds of each row (n, k)."""
        found = np.zeros(values.shape)
        indices = [leaves.indices(min(len(values), _ROWS), values.shape[1]) for leaves in self._leaves]
        for first in range(0, len(values), _ROWS):
            met = self._conditions.met(values[first : first + _ROWS])
            for leaves, own in zip(self._leaves, indices, strict=True):
                leaves.add(met, found[first : first + _ROWS], own)
        return found


@dataclass(frozen=True, slots=True)
class _Path:
    """The way to a leaf.

    Attributes
    ----------
    features
        For each feature its splits, each with the side that leads on, and the share of rows that take these sides.
    value
        The log-odds that the leaf adds.
    """

    features: dict[int, tuple[tuple[tuple[_Node, int], ...], float]]
    value: float


def _paths(node: dict[str, Any], before: _Path | None = None) -> Iterator[_Path]:
    before = before or _Path({}, 0.0)
    if "leaf_value" in node:
        yield _Path(before.features, node["leaf_value"])
        return
    split = _split(node)
    for side, child in ((_LEFT, node["left_child"]), (_RIGHT, node["right_child"])):
        taken, share = before.features.get(split.feature, ((), 1.0))
        rows = child["leaf_count"] if "leaf_value" in child else child["internal_count"]
        own = ((*taken, (split, side)), share * rows / node["internal_count"])
        yield from _paths(child, _Path({**before.features, split.feature: own}, 0.0))


def _split(node: dict[str, Any]) -> _Node:
    if node["decision_type"] == "==":
        return _Node(node["split_feature"], None, frozenset(map(int, str(node["threshold"]).split("||"))), False)
    # LightGBM writes no infinite threshold in this form.
    threshold = math.inf if node["threshold"] >= _INFINITE else float(node["threshold"])
    # Where training saw no missing value, LightGBM takes one for zero.
    missing_left = threshold >= 0.0 if node["missing_type"] == "None" else bool(node["default_left"])
    return _Node(node["split_feature"], threshold, frozenset(), missing_left)


class _Conditions:
    """What rows are asked, each once: whether they take one side of a split, or sides of several.

    Parameters
    ----------
    paths
        All paths, by whose features conditions are numbered.
    """

    def __init__(self, paths: Iterable[_Path]) -> None:
        numbers: dict[_Node, int] = {}
        names: dict[frozenset[tuple[_Node, int]], int] = {}
        for path in paths:
            for taken, _ in path.features.values():
                names.setdefault(frozenset(taken), len(names))
                for node, _ in taken:
                    numbers.setdefault(node, len(numbers))
        self._numbers, nodes = names, list(numbers)
        self._features = np.array([node.feature for node in nodes], np.intp)
        thresholds = [np.nan if node.categories else node.threshold for node in nodes]
        self._thresholds = np.array(thresholds, np.float64)[:, None]
        self._missing_left = np.array([node.missing_left for node in nodes], bool)[:, None]
        self._categorical = np.array([place for place, node in enumerate(nodes) if node.categories], np.intp)
        # Whether each category goes left; the last one stands for all that no training row had.
        self._known = max((code for node in nodes for code in node.categories), default=-1) + 1
        self._goes_left = np.zeros((len(self._categorical), self._known + 1), bool)
        for line, place in enumerate(self._categorical):
            self._goes_left[line, sorted(nodes[place].categories)] = True
        # Sides are rows of a table: left ones, right ones, and a last one that every row takes.
        sides = [sorted(numbers[node] + side * len(nodes) for node, side in name) for name in names]
        self._sides = [
            np.array([some[further] if further < len(some) else 2 * len(nodes) for some in sides], np.intp)
            for further in range(max(map(len, sides), default=0))
        ]

    def number(self, taken: Iterable[tuple[_Node, int]]) -> int:
        """Return where `met` gives a condition."""
        return self._numbers[frozenset(taken)]

    def met(self, values: Floats) -> Mask:
        """Return which conditions (axis 0) each row (axis 1) meets."""
        found = np.ascontiguousarray(values.T)[self._features]
        missing = np.isnan(found)
        left = np.where(missing, self._missing_left, found <= self._thresholds)
        if len(self._categorical):
            codes = found[self._categorical]
            # LightGBM cuts a fraction off, and a negative code is no category.
            usable = (codes > -1) & (codes < self._known)
            indices = np.where(usable, codes, self._known).astype(np.intp)
            left[self._categorical] = np.take_along_axis(self._goes_left, indices, axis=1)
        sides = np.concatenate((left, ~left, np.ones((1, len(values)), bool)))
        met = sides[self._sides[0]] if self._sides else sides[:0]
        for further in self._sides[1:]:
            several = np.flatnonzero(further < len(sides) - 1)
            met[several] &= sides[further[several]]
        return met


def _leaves(paths: list[_Path], conditions: _Conditions) -> _Leaves:
    """Return the leaves of paths that have the same number of features."""
    depth = len(paths[0].features)
    return _Leaves(
        np.array([list(path.features) for path in paths]),
        np.array([[conditions.number(taken) for taken, _ in path.features.values()] for path in paths]),
        (np.arange(len(paths)) << depth)[:, None],
        _answers(
            np.array([[share for _, share in path.features.values()] for path in paths]),
            np.array([path.value for path in paths]),
        ),
    )


def _answers(shares: Floats, values: Floats) -> Floats:
    """Return the contributions of the features of some leaves' paths, for each pattern of conditions that are met.

    A set of features that are known leads to the leaf with weight 0 or 1 for each of them, and with its share of the
    rows for each other one. Of the sets of a size, the sum of the others' weights is a coefficient of a polynomial.

    Parameters
    ----------
    shares, values : ndarray, shape (leaves, d) and (leaves,)
        The share of rows that each feature leads to the leaf, and the leaf's log-odds.

    Returns
    -------
    ndarray, shape (leaves * 2**d, d)
    """
    leaves, depth = shares.shape
    met = (np.arange(1 << depth)[:, None] >> np.arange(depth) & 1).astype(np.float64)
    weights = [math.factorial(size) * math.factorial(depth - 1 - size) / math.factorial(depth) for size in range(depth)]
    answers = np.empty((leaves, 1 << depth, depth))
    for feature in range(depth):
        sets = [np.ones((leaves, 1 << depth))]  # by size: the sum over the sets of the other features so far
        for other in (place for place in range(depth) if place != feature):
            share, known = shares[:, other, None], met[:, other]
            without = [some * share for some in sets]
            sets = [
                without[0],
                *(low * known + high for low, high in zip(sets, without[1:], strict=False)),
                sets[-1] * known,
            ]
        total = sum(weight * some for weight, some in zip(weights, sets, strict=True))
        answers[:, :, feature] = values[:, None] * (met[:, feature] - shares[:, feature, None]) * total
    return answers.reshape(leaves << depth, depth)
