"""What is shown again of what others wrote is short, however long it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import MESSAGE, NAMES, VALUE, excerpt, listed
from littlegiants.ingest.sources.common.exports import read_export
from littlegiants.ingest.tables.tables import Tables


@given(st.text(max_size=300), st.integers(1, 200))
def test_an_excerpt_is_the_beginning_and_says_when_it_is_not_all(text, most):
    found = excerpt(text, most)
    assert len(found) <= most
    assert found == text if len(text) <= most else (found[-1] == "…" and text.startswith(found[:-1]))


@given(st.lists(st.text(min_size=1, max_size=300), max_size=60))
def test_x02_a_list_is_bounded_and_says_how_many_it_leaves_out(names):
    found = listed(names)
    assert len(found) <= NAMES * (VALUE + 2) + 30
    assert found.endswith(f" and {len(names) - NAMES:,} more") == (len(names) > NAMES)


@pytest.mark.parametrize("columns", [10, 1_000, 30_000])
def test_x02_a_message_on_columns_is_short_however_many_there_are(columns, tmp_path):
    header = [f"column {n} {'x' * (n % 90)}" for n in range(columns)]
    (tmp_path / "firms.csv").write_text(",".join(header) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match="column 'firm_id' must stand once") as raised:
        read_export(tmp_path / "firms.csv", ("firm_id",), ",", None)
    assert len(str(raised.value)) < 2 * MESSAGE + 500
    import pandas as pd

    with pytest.raises(TableError) as raised:
        Tables.from_frames({"firms": pd.DataFrame({name: ["1"] for name in header[:1_000]})})
    assert len(str(raised.value)) < 2 * MESSAGE + 500
