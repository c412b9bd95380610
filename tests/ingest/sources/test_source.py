"""What a source declares."""

import pytest

from littlegiants.ingest.sources import source
from littlegiants.ingest.sources.source import Option, Source

SHARED = [value for value in vars(source).values() if isinstance(value, Option)]


def test_module_and_function_follow_the_name():
    declared = Source("two-words", "Import.", "FILE", "CSV file.", ("giants import two-words x.csv",))
    assert (declared.module, declared.function) == ("two_words", "import_two_words")
    assert (declared.options, declared.joins) == ((), False)


@pytest.mark.parametrize("option", SHARED, ids=lambda option: option.name)
def test_shared_option_says_its_default(option):
    assert option.default is not None or option.shown
    assert not option.choices or option.default in option.choices
