"""The manifest of a job."""

import hashlib
import json
from dataclasses import asdict, replace

from littlegiants.ingest.files.atomic import output_set
from littlegiants.ingest.files.frames import write_frame
from littlegiants.serving.batch.manifest import write_manifest
from littlegiants.serving.watch.run import watch
from littlegiants.serving.watch.summary import CohortSummary


def test_it_has_the_sums_and_the_digests_of_what_was_read_and_written(scorer, order, whole, place, tmp_path):
    out, manifest = tmp_path / "s.csv", tmp_path / "m.json"
    with output_set():
        for frame in whole.frames():
            write_frame(frame, out)
        write_manifest(manifest, order, scorer.model, whole, ["a note"], [out, None])
    said = json.loads(manifest.read_bytes())

    def described(path):
        content = path.read_bytes()
        return {"file": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    assert said["outputs"] == [described(out)]
    assert sorted(said["inputs"], key=lambda file: file["file"]) == [
        described(path) for path in sorted(place.iterdir())
    ]
    assert said["firms"] == sum(said["firms_by_end"].values()) == whole.account.total
    assert all(table["read"] == table["used"] + table["quarantined"] for table in said["tables"])
    assert (said["model_version"], said["notes"], said["newest_event"]) == (
        scorer.model.version,
        ["a note"],
        whole.account.newest.isoformat(),
    )


def test_it_says_whether_the_firms_are_like_those_of_the_training(scorer, order, whole, tmp_path):
    write_manifest(tmp_path / "m.json", order, scorer.model, whole, [], [])
    said = json.loads((tmp_path / "m.json").read_bytes())["watch"]
    found = watch(scorer.model, whole.whole.tables, order.as_of)
    assert (said["firms"], said["alarms"], said["unseen"]) == (found.firms, list(found.alarms), found.unseen)
    assert said["expected_skill"] == asdict(found.expected)
    assert [check["p_value"] for check in said["checks"]] == [check.p_value for check in found.checks]
    unwatched = replace(whole, summary=CohortSummary())
    write_manifest(tmp_path / "m.json", order, scorer.model, unwatched, [], [])
    assert json.loads((tmp_path / "m.json").read_bytes())["watch"] is None
