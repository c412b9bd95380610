"""Firms of two sources that are one firm. Uncertain pairs are listed for a person and never merged.

A pair is linked by the strongest of three rules: an equal registration id; an equal website and names that do not
contradict it; an equal or nearly equal name in a place that does not contradict it. Each firm must then be the clear
best for the other, and no group of linked firms may hold two ids of one scheme.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.linkage.evidence import find_evidence
from littlegiants.ingest.linkage.firms import Firms, read_firms

# Chosen on one half of the organisations of benchmarks/linkage.py and measured on the other.
THRESHOLD = 97.0
LEAST_THRESHOLD = 80.0
# A website shared by firms whose names are strangers is a parent's, a buyer's or a web agency's.
_LEAST_WITH_WEBSITE = 60.0
# Two candidates that are closer than this are equally good.
_MARGIN = 2.0
_STRONGER = 1_000.0
RULES = ("registration_id", "website", "name")
REVIEW_REASONS = {
    "ids_differ": "both state a registration id of one scheme, and not the same",
    "ids_differ_in_group": "linked through a third firm they would join two registration ids of one scheme",
    "look_alike": "a name mixes alphabets or runs backwards, so that it may only look like the other",
    "names_differ": "one website, but names that have little in common",
    "generic_name": "the name is too short to tell one firm from another",
    "place_differs": "the names agree, the stated places do not",
    "forms_differ": "the names agree, the legal forms do not",
    "han_name_near": "Chinese names that differ in some characters",
    "below_threshold": "the names are alike, but not enough",
    "ambiguous": "another firm fits as well",
    "outranked": "another firm fits better",
}
PAIR_COLUMNS = ("left_id", "right_id", "rule", "score")
REVIEW_COLUMNS = (*PAIR_COLUMNS, "reason", "left_name", "right_name")


@dataclass(frozen=True, slots=True)
class Links:
    """Which firms of two sides are one.

    Attributes
    ----------
    pairs
        ``left_id, right_id, rule, score``: linked firms; rule is one of `RULES`, score the similarity of the names in
        0 to 100, less 20 where the legal forms contradict each other.
    review
        The same and ``reason`` (see `REVIEW_REASONS`), ``left_name, right_name``: pairs for a person to judge, none of
        them in ``pairs``.
    counts
        Firms of each side, linked pairs by rule, review pairs by reason, invalid registration ids, and pairs left out
        since too many firms share the name or the website.
    """

    pairs: pd.DataFrame
    review: pd.DataFrame
    counts: dict[str, int]


def link(left: pd.DataFrame, right: pd.DataFrame, threshold: float = THRESHOLD, *, repeats: bool = False) -> Links:
    """Link the firms of two sources.

    Parameters
    ----------
    left, right
        One firm a row: ``firm_id`` and ``name``; where known ``country`` (ISO 3166-1 alpha-2), ``region``, ``city``,
        ``website``, ``registration_id`` (such as ``siren:552100554``; several by ``;``), or ids in columns ``uscc,
        siren, siret, uei, duns``.
    threshold
        Least similarity of names that are linked by name, 80 to 100; 100 asks for equal keys.
    repeats
        Whether the right side may hold one firm under several ids, as a list of names as printed does. Otherwise a
        firm is linked to one firm at most, and swapping the sides swaps the result.

    Raises
    ------
    ConfigError
        If the threshold lies outside its bounds.
    TableError
        If a side lacks a column, or has an empty or repeated ``firm_id``.

    Examples
    --------
    >>> ours = pd.DataFrame({"firm_id": ["a", "b"], "name": ["Müller GmbH", "深圳市某某科技股份有限公司"]})
    >>> theirs = pd.DataFrame({"firm_id": ["x", "y"], "name": ["MULLER", "深圳市某某科技有限公司"]})
    >>> link(ours, theirs).pairs
      left_id right_id  rule  score
    0       a        x  name  100.0
    1       b        y  name  100.0
    """
    if not LEAST_THRESHOLD <= threshold <= 100:
        raise ConfigError(
            f"threshold {threshold:g} is not between {LEAST_THRESHOLD:g} and 100; leave it out for {THRESHOLD:g}"
        )
    sides = read_firms(left, "left"), read_firms(right, "right")
    evidence, too_common = find_evidence(*sides, floor=LEAST_THRESHOLD)
    found = evidence.assign(reason=_doubts(evidence, threshold))
    # A name that is only alike, in another place or with another form, is not worth a person's time.
    against = (found["place"] == "differs") | (found["forms"] == "differ")
    found = found.loc[(found["rule"] != "name") | ~against | (found["alike"] >= threshold)].reset_index(drop=True)
    found["reason"] = _outranked(found, repeats)
    found["reason"] = _joined_ids(found, *sides)
    return _links(found, *sides, too_common)


def _doubts(evidence: pd.DataFrame, threshold: float) -> pd.Series:
    """Return why a pair on its own cannot be linked; empty where it can."""
    by_id, by_site = evidence["rule"] == "registration_id", evidence["rule"] == "website"
    by_name = ~by_id & ~by_site
    cases = {
        "ids_differ": evidence["ids"] == "differ",
        "look_alike": ~by_id & evidence["suspect"],
        "names_differ": by_site & (evidence["score"] < _LEAST_WITH_WEBSITE),
        "generic_name": by_name & evidence["generic"],
        "place_differs": by_name & (evidence["place"] == "differs"),
        "forms_differ": by_name & (evidence["forms"] == "differ"),
        "han_name_near": by_name & evidence["han"] & (evidence["alike"] < 100),
        "below_threshold": by_name & (evidence["score"] < threshold),
    }
    choice = np.select([mask.to_numpy(bool) for mask in cases.values()], list(cases), default="")
    return pd.Series(choice, index=evidence.index, dtype="str")


def _outranked(found: pd.DataFrame, repeats: bool) -> pd.Series:
    """Return the reasons, with the pairs ruled out of which one firm has a better or an equally good partner."""
    weight = found["rule"].map({"registration_id": 2.0, "website": 1.0, "name": 0.0}).astype(float)
    strength = found["score"] + _STRONGER * weight
    # What is only not certain enough for itself is still a reason to doubt another; what is refuted is not.
    ranked = strength.where(found["reason"].isin(["", "below_threshold", "generic_name"]), -np.inf)
    outranked, ambiguous = pd.Series(False, found.index), pd.Series(False, found.index)
    for side in ("right",) if repeats else ("left", "right"):
        good = ranked >= ranked.groupby(found[side]).transform("max") - _MARGIN
        outranked = outranked | ~good
        ambiguous = ambiguous | (good.groupby(found[side]).transform("sum") > 1)
    linkable = found["reason"] == ""
    return found["reason"].mask(linkable & ambiguous, "ambiguous").mask(linkable & outranked, "outranked")


def _joined_ids(found: pd.DataFrame, left: Firms, right: Firms) -> pd.Series:
    """Return the reasons, with groups taken apart that would join two registration ids of one scheme."""
    reason = found["reason"]
    # First what hangs on a name or a website goes; whatever is still torn was torn by ids alone.
    for kept in (found["rule"] == "registration_id", pd.Series(False, found.index)):
        linked = found.loc[reason == ""]
        # A right firm is linked to one left firm, so that a group is a left firm and all that is linked to it.
        group = {
            "left": {firm: firm for firm in linked["left"]},
            "right": dict(zip(linked["right"], linked["left"], strict=True)),
        }
        members = [
            side.ids.assign(group=side.ids["firm"].map(group[name]))
            for name, side in (("left", left), ("right", right))
        ]
        distinct = pd.concat(members).dropna(subset=["group"]).groupby(["group", "scheme"])["id"].nunique()
        torn = distinct.loc[distinct > 1].index.get_level_values("group")
        reason = reason.mask((reason == "") & ~kept & found["left"].isin(torn), "ids_differ_in_group")
    return reason


def _links(found: pd.DataFrame, left: Firms, right: Firms, too_common: int) -> Links:
    out = pd.DataFrame(
        {
            "left_id": left.column("firm_id")[found["left"]],
            "right_id": right.column("firm_id")[found["right"]],
            "rule": found["rule"],
            "score": found["score"].round(1),
            "reason": found["reason"],
            "left_name": left.column("name")[found["left"]],
            "right_name": right.column("name")[found["right"]],
        }
    ).sort_values(["left_id", "right_id"], ignore_index=True)
    linked = out["reason"] == ""
    pairs = out.loc[linked, list(PAIR_COLUMNS)].reset_index(drop=True)
    review = out.loc[~linked, list(REVIEW_COLUMNS)].reset_index(drop=True)
    counts = {"left": len(left.frame), "right": len(right.frame), "linked": len(pairs), "review": len(review)}
    counts |= {f"linked by {rule}": int((pairs["rule"] == rule).sum()) for rule in RULES}
    counts |= {f"review: {reason}": int((review["reason"] == reason).sum()) for reason in REVIEW_REASONS}
    counts |= {"faulty ids": left.invalid_ids + right.invalid_ids, "too common": too_common}
    return Links(pairs, review, counts)
