"""What a process of a job does; by whole jobs see `test_job`."""

import pytest

from littlegiants.serving.batch.worker import score_kept_partition


def test_partitions_that_are_gone_are_an_error(artefact, tmp_path):
    with pytest.raises(FileNotFoundError, match="the job's folder has been removed"):
        score_kept_partition(tmp_path, 0, artefact, tmp_path / "order.json", tmp_path / "out")
