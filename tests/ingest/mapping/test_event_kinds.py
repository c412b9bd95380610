"""Words for kinds of events, as vendors and registers write them."""

import pytest

from littlegiants.ingest.mapping.event_kinds import kind_of, stays
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS


@pytest.mark.parametrize("kind", ROUND_KINDS)
def test_every_kind_of_the_contract_is_a_word_for_itself(kind):
    assert kind_of(kind) == ("rounds", kind)


@pytest.mark.parametrize("kind", OUTCOME_KINDS)
def test_every_outcome_is_a_word_for_itself(kind):
    assert kind_of(kind) == ("outcomes", kind)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Series A", ("rounds", "series_a")),
        ("series-b", ("rounds", "series_b")),
        ("SERIES D2", ("rounds", "series_c_plus")),
        ("Series Unknown", ("rounds", "venture")),
        ("4. Later Stage VC (Series B)", ("rounds", "series_b")),
        ("A", ("rounds", "series_a")),
        ("H", ("rounds", "series_c_plus")),
        ("Pre-A轮", ("rounds", "venture")),
        ("A+轮", ("rounds", "series_a")),
        ("D轮", ("rounds", "series_c_plus")),
        ("天使轮", ("rounds", "angel")),
        ("Seed Funding", ("rounds", "seed")),
        ("战略投资", ("rounds", "corporate")),
        ("Accelerator/Incubator", ("rounds", "other")),
        ("Grant", ("grants", "grant")),
        ("Post-IPO Debt", ("rounds", "post_ipo_debt")),
        ("Merger/Acquisition", ("outcomes", "acquisition")),
        ("并购", ("outcomes", "acquisition")),
        ("吊销，未注销", ("outcomes", "closure")),
        ("Deadpooled", ("outcomes", "closure")),
        ("Series B/Round 2", ("rounds", "series_b")),
        ("Seed/ Angel Funding", ("rounds", "seed")),
        ("Secondary Transaction - Open Market", ("rounds", "secondary")),
        ("Dividend Recapitalization", ("rounds", "other")),
        ("GROWTH EQUITY VC", ("rounds", "venture")),
        ("Unspecified Round", ("rounds", "venture")),
        ("Corporate Asset Purchase", ("outcomes", "acquisition")),
    ],
)
def test_words_of_sources(word, meant):
    assert kind_of(word) == meant


@pytest.mark.parametrize("word", ["tombola", "", "Series", "第一批", "Pre-Series Q", "Aardvark"])
def test_other_words_are_not_known(word):
    assert kind_of(word) is None


def test_words_for_a_firm_that_is_there():
    assert all(map(stays, ("operating", "Active", "存续", "在业", "Privately Held")))
    assert not any(map(stays, ("closed", "注销", "", "tombola")))
