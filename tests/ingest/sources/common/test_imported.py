"""What an importer returns: the sums, encodings and digests of each source file."""

import pandas as pd
import pytest

from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.sources.common.imported import close


@pytest.fixture
def exports():
    """Two files, one of which has a quarantined record."""
    made = []
    for name, encoding in (("a.csv", "utf-8"), ("b.csv", "gb18030")):
        frame = pd.DataFrame({"id": ["1", "2", ""]}, index=[1, 2, 4], dtype="str")
        made.append(Export(name, frame, encoding, f"digest of {name}", 3))
    made[1].reject(made[1].frame["id"] == "", "id", "missing_key")
    return made


def test_accounts_of_each_file(exports):
    imported = close("list", exports, {"firms": exports[0].frame}, ["a note"], {"aside": exports[1].frame})
    assert [str(sums) for sums in imported.reconciliations] == [
        "a.csv: 3 read = 3 used + 0 quarantined",
        "b.csv: 3 read = 2 used + 1 quarantined (missing_key 1)",
    ]
    assert imported.quarantine.frame().to_dict("split")["data"] == [["b.csv", 4, "id", "missing_key", ""]]
    assert imported.encodings == {"a.csv": "utf-8", "b.csv": "gb18030"}
    assert imported.digests == {"a.csv": "digest of a.csv", "b.csv": "digest of b.csv"}
    assert (imported.source, imported.notes) == ("list", ("a note",))


def test_record_numbers_are_dropped(exports):
    imported = close("list", exports, {"firms": exports[0].frame}, (), {"aside": exports[1].frame})
    assert imported.frames["firms"].index.tolist() == [0, 1, 2]
    assert imported.beside["aside"].index.tolist() == [0, 1]
