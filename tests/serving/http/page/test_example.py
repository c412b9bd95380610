"""The example: what its script makes of the simulator, with the violations that the page says it has."""

from datetime import date

from littlegiants.serving.http.page import example
from littlegiants.serving.uploaded_tables import read_upload
from tests.serving.http.page.make_example import AS_OF, FOLDER, write


def test_files_are_what_the_script_writes(tmp_path):
    write(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert (FOLDER / path.name).read_bytes() == path.read_bytes(), "python -m tests.serving.http.page.make_example"
    assert {path.name for path in FOLDER.iterdir()} == {path.name for path in tmp_path.iterdir()}


def test_two_rows_are_faulty_and_two_firms_withheld(scorer):
    assert date.fromisoformat(AS_OF) == example.AS_OF
    uploaded = read_upload(example.uploads())
    assert uploaded.violations["code"].tolist() == ["not_a_number", "missing_currency"]
    scores = scorer.score(uploaded.tables, example.AS_OF)
    assert sorted(scores.loc[scores["abstained"], "abstain_reason"]) == ["nothing_known", "unseen_country"]


def test_every_use_reads_the_files_from_their_beginning():
    first, second = example.uploads(), example.uploads()
    assert [f.file.read() for f in first] == [f.file.read() for f in second]
    assert all(f.file.read() == b"" for f in first)
