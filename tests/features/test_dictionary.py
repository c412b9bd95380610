"""The data dictionary follows the code."""

from pathlib import Path

import pytest

from littlegiants.features import dictionary
from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.quarantine import CODES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_page_is_up_to_date():
    if PAGE.read_text(encoding="utf-8") != dictionary.to_markdown():
        pytest.fail(f"docs/data-dictionary.md lags behind the code: run `{dictionary.COMMAND}`", pytrace=False)


def test_every_column_is_described_in_the_order_of_the_matrix():
    assert tuple(feature.name for feature in dictionary.describe()) == FEATURES


def test_page_names_every_table_column_and_code():
    page = dictionary.to_markdown()
    names = [column.name for table in TABLES.values() for column in table.columns]
    assert [name for name in (*TABLES, *names, *CODES, *FEATURES) if f"`{name}`" not in page] == []


def test_lines_may_wrap():
    def column(s):
        """Money
        raised.

        Unit: US dollars, at
        par. Window: 3 years.
        Missing: e.g. never.
        Source: Gompers (1995).
        """

    assert dictionary.feature(column, "funding") == dictionary.Feature(
        "column", "funding", "Money raised", "US dollars, at par", "3 years", "e.g. never", "Gompers (1995)"
    )


def test_docstring_without_a_line_names_the_column_and_the_line():
    def raised(s):
        """Money raised.

        Unit: US dollars. Window: life.
        Source: Gompers (1995).
        """

    with pytest.raises(ConfigError, match=r"raised: docstring lacks 'Missing: \.\.\.'; it holds a summary"):
        dictionary.feature(raised, "funding")


def test_docstring_in_another_order_is_refused():
    def raised(s):
        """Money raised.

        Window: life. Unit: US dollars. Missing: never.
        Source: Gompers (1995).
        """

    with pytest.raises(ConfigError, match="raised: docstring lacks its order or full stops"):
        dictionary.feature(raised, "funding")


def test_column_without_docstring_is_refused():
    def raised(s):
        return s

    with pytest.raises(ConfigError, match="raised: docstring lacks 'Unit"):
        dictionary.feature(raised, "funding")
