"""Names of investors: spellings, and names of nobody."""

import pandas as pd

from littlegiants.ingest.entities.names import match_key
from littlegiants.ingest.sources.common.investor_names import NOBODY, is_nobody, one_spelling


def test_names_of_nobody_are_written_as_they_are_compared():
    assert {match_key(name) for name in NOBODY} == NOBODY


def test_a_name_that_holds_such_a_word_is_somebody():
    assert not is_nobody(pd.Series(["SV Angel", "Angel Investor Forum", "Founders Fund", "DBL Investors"])).any()


def test_the_spelling_is_the_most_frequent_one_and_never_joins_two_legal_forms():
    names = ["jafco", "JAFCO Co. Ltd.", "JAFCO Co. Ltd.", "Acme Inc.", "Acme LLC", "Acme", "***", "B", "b"]
    expected = ["JAFCO Co. Ltd."] * 3 + ["Acme Inc.", "Acme LLC", "Acme", "***", "B", "B"]
    assert one_spelling(pd.Series(names)).tolist() == expected
