"""An artefact on its way to executors: what they read is what the driver trusted, or nothing."""

import shutil
from dataclasses import replace

import pytest
from pyspark import SparkFiles

from littlegiants.ingest.errors import ArtefactError, SignatureError
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.serving.spark.shipping import Shipped, ship


@pytest.fixture(scope="module")
def shipped(spark, artefact, model) -> Shipped:
    return ship(spark.sparkContext, artefact, model)


def test_executors_read_the_model_that_the_driver_sent(spark, shipped, model):
    versions = spark.sparkContext.parallelize(range(4), 4).map(lambda _: shipped.read().version).collect()
    assert set(versions) == {model.version}


def test_a_model_is_sent_no_second_time(spark, shipped, artefact, model):
    before = spark.sparkContext.listFiles
    assert ship(spark.sparkContext, artefact, model) == shipped
    assert spark.sparkContext.listFiles == before


def test_a_folder_that_changed_since_it_was_read_is_not_sent(spark, trained, tmp_path, model):
    changed = replace(trained.model, manifest=trained.model.manifest.model_copy(update={"gain": {}}))
    write_artefact(changed, tmp_path / "other")
    with pytest.raises(ArtefactError, match="changed while it was read"):
        ship(spark.sparkContext, tmp_path / "other", model)


def test_another_archive_of_that_name_is_not_opened(spark, shipped, tmp_path):
    place = SparkFiles.get(shipped.name)
    shutil.copyfile(place, tmp_path / "kept")
    try:
        with open(place, "r+b") as file:  # noqa: PTH123 - a byte in the middle
            file.seek(2_000)
            file.write(b"\0")
        with pytest.raises(ArtefactError, match="not the archive that the driver sent"):
            replace(shipped, manifest="none has read it under this key").read()
    finally:
        shutil.copyfile(tmp_path / "kept", place)


def test_an_archive_of_another_manifest_is_refused(spark, shipped):
    with pytest.raises(SignatureError, match="is not what was signed"):
        replace(shipped, manifest="0" * 64).read()
