"""What is linked, what is left to a person, and that nothing depends on order."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.linkage import evidence
from littlegiants.ingest.linkage.link import PAIR_COLUMNS, REVIEW_COLUMNS, REVIEW_REASONS, link
from tests.conftest import examples

HUAWEI, CNPC = "914403001922038216", "91110000100010433L"


def firms(prefix, *rows, **columns):
    """Firms named by a string, or described by a dict."""
    records = [row if isinstance(row, dict) else {"name": row} for row in rows]
    return pd.DataFrame([{"firm_id": f"{prefix}{place}", **record} for place, record in enumerate(records)])


def outcome(left, right, **options):
    """The rule or the reason of each pair, ``rule:`` before a rule."""
    links = link(left, right, **options)
    found = {(row.left_id, row.right_id): f"rule:{row.rule}" for row in links.pairs.itertuples()}
    return found | {(row.left_id, row.right_id): row.reason for row in links.review.itertuples()}


def one(left, right, **options):
    found = outcome(firms("a", left), firms("b", right), **options)
    return found.get(("a0", "b0"), "")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Müller & Söhne GmbH", "MULLER AND SOHNE", "rule:name"),
        ("Cafe\u0301 Nano", "Caf\u00e9\u200b Nano", "rule:name"),
        ("Nanosys International Telecommunications", "Nanosys International Telecommunication", "rule:name"),
        ("深圳（某某）科技有限公司", "深圳(某某)科技股份有限公司", "rule:name"),
        ("東方電氣集團有限公司", "东方电气集团有限责任公司", "rule:name"),
        ("某某集团有限公司", "某某有限公司", ""),
        ("深圳市某某科学仪器技术发展有限公司", "深圳市某某科学仪器技术发长有限公司", "han_name_near"),
        ("Acme Robotics", "Acme Robotik", "below_threshold"),
        ("Acme Robotics", "Acme Robotics Systems", ""),
        ("Acme Robotics 2", "Acme Robotics 3", ""),
        ("Acme Robotics Inc.", "Acme Robotics GmbH", "forms_differ"),
        ("Acme Robotics Inc.", "Acme Robotics", "rule:name"),
        ("Acme Robotics", "Аcme Robotics", "look_alike"),
        ("Acme Robotics \u202e", "Acme Robotics", "look_alike"),
        ("KSE", "KSE, Inc.", "generic_name"),
        ("???", "!!!", ""),
        (
            {"name": "Acme Robotics", "country": "US", "region": "CA"},
            {"name": "ACME Robotics", "country": "us", "region": "ca"},
            "rule:name",
        ),
        ({"name": "Acme Robotics", "country": "US"}, {"name": "Acme Robotics", "country": "DE"}, "place_differs"),
        ({"name": "Acme Robotics", "region": "CA"}, {"name": "Acme Robotics", "region": "TX"}, "place_differs"),
        (
            {"name": "Acme Robotics", "region": "SF Bay", "city": "Palo Alto"},
            {"name": "Acme Robotics", "region": "CA", "city": "PALO ALTO"},
            "rule:name",
        ),
        ({"name": "Acme Robotics", "country": "US"}, {"name": "Acme Robotic", "country": "DE"}, ""),
        (
            {"name": "Acme", "website": "https://acme.com"},
            {"name": "Acme Ltd", "website": "www.acme.com/x"},
            "rule:website",
        ),
        ({"name": "Acme", "website": "acme.com"}, {"name": "Zebra Foods", "website": "acme.com"}, "names_differ"),
        ({"name": "Acme", "website": "qq.com"}, {"name": "Zebra Foods", "website": "qq.com"}, ""),
        (
            {"name": "Acme", "uscc": HUAWEI},
            {"name": "华为技术有限公司", "registration_id": HUAWEI},
            "rule:registration_id",
        ),
        ({"name": "Acme Labs", "uscc": HUAWEI}, {"name": "Acme Labs", "uscc": CNPC}, "ids_differ"),
        ({"name": "Acme Labs", "uscc": HUAWEI}, {"name": "Acme Labs", "siren": "552032534"}, "rule:name"),
        ({"name": "Acme Labs", "uscc": "9.144E+17"}, {"name": "Acme Labs", "uscc": CNPC}, "rule:name"),
        (
            {"name": "A", "uscc": HUAWEI, "siren": "552032534"},
            {"name": "B", "uscc": HUAWEI, "siren": "732829320"},
            "ids_differ",
        ),
    ],
)
def test_one_pair(left, right, expected):
    assert one(left, right) == expected
    assert one(right, left) == expected


def test_an_id_in_the_place_of_the_firm_id_counts():
    left = pd.DataFrame({"firm_id": [HUAWEI, "552032534"], "name": ["Huawei", "Danone"], "country": ["CN", "FR"]})
    right = pd.DataFrame(
        {"firm_id": ["h", "d"], "name": ["华为", "BSN"], "uscc": [HUAWEI, ""], "siren": ["", "552032534"]}
    )
    assert outcome(left, right) == {(HUAWEI, "h"): "rule:registration_id", ("552032534", "d"): "rule:registration_id"}


def test_two_firms_that_fit_are_for_a_person():
    left = firms("a", {"name": "Spire", "region": "MA"}, {"name": "Spire Corp", "region": "TX"})
    assert outcome(left, firms("b", "Spire Inc", "Spire")) == {
        ("a0", "b0"): "ambiguous",
        ("a0", "b1"): "ambiguous",
        ("a1", "b0"): "forms_differ",
        ("a1", "b1"): "ambiguous",
    }


def test_one_firm_with_two_ids_on_one_side_is_for_a_person():
    left, right = firms("a", "Nanosys"), firms("b", "Nanosys", "Nanosys Inc")
    assert set(outcome(left, right).values()) == {"ambiguous"}
    assert outcome(left, right, repeats=True) == {("a0", "b0"): "rule:name", ("a0", "b1"): "rule:name"}


def test_a_better_partner_outranks():
    left = firms("a", {"name": "Nanosys Inc", "duns": "150483782"}, "Nanosys")
    right = firms("b", {"name": "Nanosys", "duns": "15-048-3782"})
    assert outcome(left, right) == {("a0", "b0"): "rule:registration_id", ("a1", "b0"): "outranked"}


def test_an_almost_good_rival_is_a_reason_to_doubt():
    left = firms("a", "Nanosys International Telecommunications", "Nanosys Internationl Telecommunication")
    found = outcome(left, firms("b", "Nanosys International Telecommunication"), threshold=97.6)
    assert found == {("a0", "b0"): "ambiguous", ("a1", "b0"): "below_threshold"}


def test_names_never_join_two_registration_ids():
    left = firms("a", "Acme Labs")
    right = firms(
        "b",
        {"name": "Acme Labs", "uscc": HUAWEI},
        {"name": "ACME Labs", "uscc": CNPC},
        {"name": "Acme Labs", "uscc": ""},
    )
    assert set(outcome(left, right, repeats=True).values()) == {"ids_differ_in_group"}


def test_ids_of_one_scheme_never_join_two_of_another():
    left = firms("a", {"name": "Acme", "duns": "150483782"})
    right = firms(
        "b",
        {"name": "Acme", "duns": "150483782", "uscc": HUAWEI},
        {"name": "Acme", "duns": "150483782", "uscc": CNPC},
    )
    assert set(outcome(left, right, repeats=True).values()) == {"ids_differ_in_group"}


def test_what_too_many_share_is_counted_and_not_looked_at(monkeypatch):
    monkeypatch.setattr(evidence, "_MOST_SHARED", 1)
    left = firms("a", *[{"name": "Holding", "website": "acme.com"}] * 2, "Nanosys")
    right = firms("b", *[{"name": "Holding", "website": "acme.com"}] * 3, "Nanosys")
    links = link(left, right)
    assert links.pairs["left_id"].tolist() == ["a2"]
    assert (len(links.review), links.counts["too common"]) == (0, 12)


def test_counts_add_up():
    left = firms("a", "Nanosys", "KSE", {"name": "Acme Labs", "uscc": "1"})
    links = link(left, firms("b", "Nanosys Inc", "KSE"))
    counts = links.counts
    assert (counts["left"], counts["right"], counts["linked"], counts["review"], counts["faulty ids"]) == (
        3,
        2,
        1,
        1,
        1,
    )
    assert sum(count for name, count in counts.items() if name.startswith("linked by ")) == counts["linked"]
    assert sum(count for name, count in counts.items() if name.startswith("review: ")) == counts["review"]


def test_nothing_to_link_gives_empty_frames():
    links = link(firms("a", "Nanosys"), firms("b", "Nanosys").iloc[:0])
    assert tuple(links.pairs.columns) == PAIR_COLUMNS
    assert tuple(links.review.columns) == REVIEW_COLUMNS
    assert (len(links.pairs), len(links.review)) == (0, 0)


def test_a_threshold_of_100_asks_for_equal_keys():
    names = "Nanosys International Telecommunications", "Nanosys International Telecommunication"
    assert (one(*names), one(*names, threshold=100)) == ("rule:name", "below_threshold")


@pytest.mark.parametrize("threshold", [79.9, 100.1, float("nan")])
def test_threshold_out_of_bounds(threshold):
    with pytest.raises(ConfigError, match="is not between 80 and 100; leave it out for 97"):
        link(firms("a", "x"), firms("b", "x"), threshold)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"firm_id": ["a"]}), "left: column 'name' is missing"),
        (pd.DataFrame({"firm_id": ["a", "a"], "name": ["x", "y"]}), "left: firm_id 'a' must stand once"),
        (pd.DataFrame({"firm_id": [""], "name": ["x"]}), "left: firm_id '' must stand once and not be empty"),
    ],
)
def test_frames_that_cannot_be_linked(frame, message):
    with pytest.raises(TableError, match=message):
        link(frame, firms("b", "x"))


NAMES = "Nanosys,Nanosys Inc,Nanosys GmbH,Nanosys Research,Nanosys Reserch,KSE,Acme Labs,Acme,某某科技有限公司".split(
    ","
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "region": st.sampled_from(["", "CA", "TX"]),
            "website": st.sampled_from(["", "nanosys.com", "acme.com"]),
            "uscc": st.sampled_from(["", HUAWEI, CNPC]),
            "duns": st.sampled_from(["", "150483782"]),
        }
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@given(ROWS, ROWS, st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=examples(10, 25))
def test_promises(left, right, random, repeats):
    a, b = firms("a", *left), firms("b", *right)
    links = link(a, b, repeats=repeats)

    # The order of rows and columns never matters.
    shuffled = [frame.sample(frac=1, random_state=random.randrange(99))[sorted(frame)] for frame in (a, b)]
    again = link(*shuffled, repeats=repeats)
    assert again.pairs.equals(links.pairs)
    assert again.review.equals(links.review)

    # No pair is both linked and left to a person, and every reason is explained.
    both = links.pairs.merge(links.review, on=["left_id", "right_id"])
    assert len(both) == 0
    assert not pd.concat([links.pairs, links.review]).duplicated(["left_id", "right_id"]).any()
    assert set(links.review["reason"]) <= set(REVIEW_REASONS)

    # A firm of the right side has one of the left, and no group holds two ids of one scheme.
    assert links.pairs["right_id"].is_unique
    assert repeats or links.pairs["left_id"].is_unique
    codes = {**a.set_index("firm_id")["uscc"], **b.set_index("firm_id")["uscc"]}
    for firm, group in links.pairs.groupby("left_id"):
        assert len({codes[firm], *(codes[other] for other in group["right_id"])} - {""}) <= 1


@pytest.mark.slow
@given(ROWS, ROWS)
@settings(max_examples=examples(10, 25))
def test_sides_can_be_swapped(left, right):
    there, back = link(firms("a", *left), firms("b", *right)), link(firms("b", *right), firms("a", *left))
    names = {"left_id": "right_id", "right_id": "left_id", "left_name": "right_name", "right_name": "left_name"}
    for one, other in ((there.pairs, back.pairs), (there.review, back.review)):
        turned = other.rename(columns=names)[list(one)].sort_values(["left_id", "right_id"], ignore_index=True)
        pd.testing.assert_frame_equal(one, turned)
