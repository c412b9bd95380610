"""Evidence for and against two firms being one: one row for each pair that has something in common."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.linkage.candidates import find_candidates, similarity
from littlegiants.ingest.linkage.firms import Firms

# Of names that agree up to forms that do not (Inc. and Corp., GmbH and Inc.), every second pair is two firms.
_FORMS_DIFFER = 20.0
# A name or website of so many firms on both sides identifies none of them, and all pairs would fill the memory.
_MOST_SHARED = 50


def find_evidence(left: Firms, right: Firms, floor: float) -> tuple[pd.DataFrame, int]:
    """Return the pairs to be judged, and how many were left out because too many firms share the name or website.

    Parameters
    ----------
    left, right
        The two sides.
    floor
        Least similarity of names without an equal registration id or website.

    Returns
    -------
    pandas.DataFrame
        ``left, right`` (positions), ``rule`` (the strongest), ``alike`` (similarity of the names), ``score`` (less
        where legal forms contradict each other), ``ids, forms, place`` (agree, differ or neither) and the flags
        ``suspect, generic, han`` of either firm.
    int
        Pairs left out.
    """
    by_id = left.ids.merge(right.ids, on=["scheme", "id"], suffixes=("_left", "_right"))
    by_id = by_id.rename(columns={"firm_left": "left", "firm_right": "right"})
    by_site, common_sites = _sharing("domain", left, right)
    by_name, common_names = _sharing("key", left, right)
    parts = {"registration_id": by_id, "website": by_site, "name": pd.concat([by_name, _near(left, right, floor)])}
    named = [part[["left", "right"]].assign(rule=rule) for rule, part in parts.items()]
    pairs = pd.concat(named).drop_duplicates(["left", "right"]).sort_values(["left", "right"], ignore_index=True)
    return _weighed(pairs, left, right), common_sites + common_names


def _sharing(column: str, left: Firms, right: Firms) -> tuple[pd.DataFrame, int]:
    sides = [
        pd.DataFrame({"value": side.frame[column], name: np.arange(len(side.frame))}).query("value != ''")
        for name, side in (("left", left), ("right", right))
    ]
    counts = [side["value"].value_counts() for side in sides]
    few = [
        np.minimum(*(side["value"].map(count).fillna(0).to_numpy(np.int64) for count in counts)) <= _MOST_SHARED
        for side in sides
    ]
    many = sides[0].loc[~few[0], "value"].map(counts[1]).astype("int64").sum()
    out = sides[0].loc[few[0]].merge(sides[1].loc[few[1]], on="value")
    return out.drop(columns="value"), int(many)


def _near(left: Firms, right: Firms, floor: float) -> pd.DataFrame:
    keys = [sorted(set(side.frame["key"]) - {""}) for side in (left, right)]
    near = find_candidates(keys[0], keys[1], floor)
    positions = [
        pd.DataFrame({"key": pd.Index(key).get_indexer(side.frame["key"]), name: np.arange(len(side.frame))})
        for key, side, name in ((keys[0], left, "left"), (keys[1], right, "right"))
    ]
    sizes = [frame["key"].value_counts() for frame in positions]
    few = np.minimum(near["left"].map(sizes[0]), near["right"].map(sizes[1])) <= _MOST_SHARED
    near = near.loc[few].rename(columns={"left": "left_key", "right": "right_key"})
    near = near.merge(positions[0].rename(columns={"key": "left_key"}), on="left_key")
    return near.merge(positions[1].rename(columns={"key": "right_key"}), on="right_key")


def _weighed(pairs: pd.DataFrame, left: Firms, right: Firms) -> pd.DataFrame:
    a, b = pairs["left"].to_numpy(np.int64), pairs["right"].to_numpy(np.int64)

    def both(column: str) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
        return left.column(column)[a], right.column(column)[b]

    keys = both("key")
    out = pairs.assign(alike=np.where((keys[0] == "") | (keys[1] == ""), 0.0, similarity(*keys)))
    out["forms"] = _compared(*both("form"))
    out["score"] = np.maximum(out["alike"] - _FORMS_DIFFER * (out["forms"] == "differ"), 0.0)
    out["ids"] = _ids(pairs, left, right)
    country, region, city = (_compared(*both(place)) for place in ("country", "region", "city"))
    near = (region == "agree") | (city == "agree")
    elsewhere = (country == "differ") | (~near & ((region == "differ") | (city == "differ")))
    out["place"] = np.select([elsewhere, near], ["differs", "agrees"], "unknown")
    for flag in ("suspect", "generic", "han"):
        one, other = both(flag)
        out[flag] = (one | other).astype(bool)
    return out


def _compared(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> npt.NDArray[np.str_]:
    return np.select([(one == "") | (other == ""), one == other], ["unknown", "agree"], "differ")


def _ids(pairs: pd.DataFrame, left: Firms, right: Firms) -> npt.NDArray[np.str_]:
    """Say for each pair whether it has a scheme in which both state ids and none in common."""
    numbered = pairs[["left", "right"]].assign(pair=np.arange(len(pairs)))
    joined = numbered.merge(left.ids.rename(columns={"firm": "left"}), on="left")
    joined = joined.merge(right.ids.rename(columns={"firm": "right"}), on=["right", "scheme"], suffixes=("", "_right"))
    same = (joined["id"] == joined["id_right"]).groupby([joined["pair"], joined["scheme"]]).any()
    by_pair = same.groupby("pair").all()
    out = np.full(len(pairs), "unknown")
    out[by_pair.index.to_numpy(np.int64)] = np.where(by_pair, "agree", "differ")
    return out
