"""Validated columns as rows: sorted, versions dated, text as codes."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.encoding import no_rows, to_rows
from littlegiants.ingest.tables.loading import LoadedTable, Loader
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.raw_table import RawTable


def titles(*rows):
    columns = ["scheme", "tier", "awarded_on", "expires_on", "known", "explicit", "firm"]
    frame = pd.DataFrame(rows, columns=columns)
    return LoadedTable(TABLES["recognitions"], frame, frame.pop("firm").to_numpy(np.int32))


def test_the_order_of_the_file_never_matters():
    rows = [("b", 1.0, 10, 0, 10, False, 1), ("b", 1.0, 10, 0, 20, True, 0), ("a", 2.0, 10, 0, 10, False, 0)]
    one, other = to_rows(titles(*rows)), to_rows(titles(*reversed(rows)))
    assert one.firm.tolist() == other.firm.tolist() == [0, 0, 1]
    for name in ("scheme", "tier"):
        assert np.asarray(one.columns[name]).tolist() == np.asarray(other.columns[name]).tolist()
    assert np.asarray(one.columns["scheme"]).tolist() == [0, 1, 1]
    assert one.vocabularies["scheme"].tolist() == ["a", "b"]


def test_a_later_version_replaces_an_earlier_one_from_the_day_it_is_known():
    rows = to_rows(titles(("a", 1.0, 10, 99, 40, True, 0), ("a", 1.0, 10, 50, 10, False, 0)))
    assert (rows.known.tolist(), rows.superseded.tolist()) == ([10, 40], [40, NEVER])
    assert np.asarray(rows.columns["expires_on"]).tolist() == [50, 99]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_is_what_the_loader_makes_of_one(name):
    columns = ["firm_id", *(column.name for column in TABLES[name].columns)]
    loaded = to_rows(Loader().load(name, RawTable.from_frame(pd.DataFrame(columns=columns))))
    empty = no_rows(name)
    assert len(empty) == 0
    for part in ("firm", "day", "known", "superseded"):
        assert getattr(empty, part).dtype == getattr(loaded, part).dtype == np.int32
    assert list(empty.columns) == list(loaded.columns)
    for column, values in empty.columns.items():
        other = loaded.columns[column]
        if isinstance(values, Ragged) or isinstance(other, Ragged):
            assert type(values) is type(other)
        else:
            assert values.dtype == other.dtype, column
    assert {key: len(texts) for key, texts in empty.vocabularies.items()} == dict.fromkeys(loaded.vocabularies, 0)


@pytest.mark.parametrize("places", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_of_a_firm_s_rows_known_on_one_day_the_file_does_not_decide_which_replaces_which(places):
    # As when an event makes several inferred rows of one firm known on one day.
    frame = pd.DataFrame({"firm_id": "a", "founded_on": [10, 20, 30], "known": 5, "explicit": False}).iloc[places]
    for column in TABLES["firms"].columns:
        if column.name not in frame:
            frame[column.name] = ""
    rows = to_rows(LoadedTable(TABLES["firms"], frame.reset_index(drop=True), np.zeros(3, np.int32)))
    assert (rows.day.tolist(), rows.superseded.tolist()) == ([10, 20, 30], [5, 5, NEVER])
