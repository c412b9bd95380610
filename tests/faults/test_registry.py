"""Registries that are down, slow, wrong or hostile: one line within a bounded time, and nothing asked of strangers."""

import time

import pytest

from littlegiants.ingest.errors import ArtefactError, RegistryError
from littlegiants.models.registry import champions, registry
from littlegiants.models.registry.locations import ALLOWED
from littlegiants.serving.scorer import Scorer
from tests.models.registry_server import FILES, answer, drip, elsewhere, flood, serving, silent

CHAMPION = "models:/littlegiants@champion"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.delenv(ALLOWED, raising=False)


@pytest.fixture
def server(artefact, model):
    with serving(artefact, model.manifest.digest) as found:
        yield found


def refused(address: str, words: str, reference: str = CHAMPION, seconds: float = 5) -> None:
    """Loading fails with one line that says so, soon."""
    start = time.monotonic()
    with pytest.raises(RegistryError, match=words) as caught:
        Scorer.from_registry(reference, address)
    assert time.monotonic() - start < seconds
    assert str(caught.value).startswith(f"{reference}: ") or "registry" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 2_000


def test_an_honest_registry_gives_the_model_bit_for_bit(server, model):
    assert Scorer.from_registry(CHAMPION, server.address).model.manifest == model.manifest
    assert sum(path.startswith(f"{FILES}/") for path in server.asked) == 8


def test_m19_a_registry_that_is_down_or_silent_is_given_up():
    refused("http://127.0.0.1:1", "Connection refused|Max retries exceeded")
    with silent() as address:
        refused(address, "timed out|Read timed out|Max retries")
        for call in (registry.versions, champions.champion, lambda store: registry.promote(1, store)):
            with pytest.raises(RegistryError):
                call(address)


@pytest.mark.parametrize("part", ["registered-models/alias", "get-download-uri", FILES, "model.txt"])
def test_m19_a_registry_that_answers_too_slowly_to_be_caught_by_a_time_out_is_given_up(part, server, monkeypatch):
    monkeypatch.setattr(registry, "_SECONDS", 1.0)
    server.instead[part] = drip
    refused(server.address, "has not answered in full within 1 seconds")


@pytest.mark.parametrize(
    "part", ["registered-models/alias", "registered-models/get", "get-download-uri", FILES, "model.txt"]
)
@pytest.mark.parametrize(
    ("status", "content"),
    [
        (404, b"{}"),
        (500, b"<html>oops</html>"),
        (503, b""),
        (200, b"\x00\xff garbage"),
        (200, b"[]"),
        (200, b'"text"'),
        (200, b'{"model_version": 5, "registered_model": 5, "artifact_uri": 5, "files": 5}'),
        (200, b'{"model_version": {"version": "x"}, "artifact_uri": "", "files": [{"name": 1}]}'),
        (200, b'{"files": [{"path": 7, "is_dir": false}]}'),
        (200, b"{}"),
    ],
    ids=repr,
)
def test_m19_answers_that_are_none_are_told_in_one_line(part, status, content, server):
    server.instead[part] = lambda handler: answer(handler, content, status=status)
    if part == "model.txt" and status == 200:
        # It is a file like any other, until its digest is looked at.
        with pytest.raises(ArtefactError, match=r"model\.txt was changed after the model was written"):
            Scorer.from_registry(CHAMPION, server.address)
    elif part == "registered-models/get" and status == 200 and content[:1] == b"{" and b"registered_m" not in content:
        # A registered model without the tag is one that was never promoted by us: the alias alone counts.
        assert Scorer.from_registry(CHAMPION, server.address).model.version
    else:
        refused(server.address, ".")


def test_m19_a_long_wait_that_the_registry_asks_for_is_not_kept(server, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")

    def later(handler):
        handler.send_response(503)
        handler.send_header("Retry-After", "3600")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.instead["registered-models/alias"] = later
    refused(server.address, ".", seconds=10)


def test_m19_a_wrong_alias_and_two_champions_are_refused(server):
    refused(server.address, "alias not found", "models:/littlegiants@chmapion")
    server.champions = "1 2"
    refused(server.address, "the champion in the registry is version 1, but version 2 was made it last")
    server.champions = "one two"
    refused(server.address, "line of champions")


@pytest.mark.parametrize(
    "name",
    [
        "../../model.txt",
        "..%2f..%2fmodel.txt",
        "%2e%2e/model.txt",
        "..%252f..%252fmodel.txt",
        "..\\..\\model.txt",
        "..",
        "model.txt#.parquet",
        "model.txt?x=1",
        "file:///etc/passwd",
        "file://model.txt",
        "/etc/passwd",
        "http://127.0.0.1/model.txt",
        "C:\\model.txt",
        "a/b.txt",
        ".hidden",
        "model.txt\n",
        "módel.txt",
        "",
        "x" * 200,
    ],
)
def test_m22_names_that_are_no_plain_names_are_refused_before_a_file_is_asked_for(name, server):
    server.names.append({"path": name, "is_dir": False, "file_size": 1})
    refused(server.address, "no plain name|Invalid path|some of them twice")
    assert not [path for path in server.asked if path.startswith(f"{FILES}/")]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"path": "code", "is_dir": True}, "lists the folder 'code' in artefact; it has none"),
        ({"path": "model.bin", "is_dir": False, "file_size": 200 << 20}, "larger than 104,857,600 bytes"),
    ],
)
def test_m22_folders_and_files_beyond_all_measure_are_refused_before_a_file_is_asked_for(entry, words, server):
    server.names.append(entry)
    refused(server.address, words)
    assert not [path for path in server.asked if path.startswith(f"{FILES}/")]


def test_m22_more_files_than_an_artefact_has_are_refused(server):
    server.names = [{"path": f"{number}.txt", "is_dir": False, "file_size": 1} for number in range(17)]
    refused(server.address, "lists 17 files; an artefact has at most 16")


def test_m22_a_file_without_end_is_cut_off(server, monkeypatch):
    server.instead["model.txt"] = flood
    monkeypatch.setattr("littlegiants.models.registry.files.BYTES", 10 << 20)
    refused(server.address, "sends more than .* bytes; no artefact is so large")


def test_m08_a_library_beside_the_model_in_the_registry_is_refused(server):
    server.names.append({"path": "hook.pth", "is_dir": False, "file_size": 0})
    with pytest.raises(ArtefactError, match=r"hook\.pth is not named in the manifest"):
        Scorer.from_registry(CHAMPION, server.address)


def test_m12_a_way_up_in_the_place_that_the_registry_names_is_refused(server):
    for location in ("mlflow-artifacts:/1/../../secrets", "mlflow-artifacts:/1/%2e%2e/x", "mlflow-artifacts:/1#x"):
        server.location = location
        refused(server.address, "a path that leaves its folder")
    assert not [path for path in server.asked if path.startswith(FILES)]


@pytest.mark.parametrize(
    "location",
    [
        "http://{other}/files",
        "mlflow-artifacts://{other}/1/model",
        "http://user:secret@{own}/files",
        "https://{own}/files",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:80/files",
        "http://127.0.0.1/files",
        "s3://bucket/files",
        "gs://bucket/files",
        "ftp://{other}/files",
        "sftp://{other}/files",
        "hdfs://{other}/files",
        "runs:/abc/model",
        "models:/other/1",
        "file:///etc",
        "file://{other}/etc",
        "/etc",
        "relative",
        "http://{other}:port/files",
        "http://[/files",
        "",
    ],
)
def test_m23_a_registry_that_sends_us_elsewhere_is_refused_before_anything_is_fetched(location, server, artefact):
    with serving(artefact, server.digest) as other:
        places = {"other": f"127.0.0.1:{other.server_port}", "own": f"127.0.0.1:{server.server_port}"}
        server.location = location.format(**places)
        refused(server.address, "the registry|no place|a model version's download|artifact")
        assert other.asked == []
        assert not [path for path in server.asked if path.startswith(FILES)]


def test_m23_an_answer_that_passes_us_on_to_another_host_is_not_followed(server, artefact):
    with serving(artefact, server.digest) as other:
        for part in ("registered-models/alias", FILES, "model.txt"):
            server.instead = {part: elsewhere(f"{other.address}{FILES}/1/model/artifacts/artefact/model.txt")}
            refused(server.address, ".")
        assert other.asked == []


def test_m23_a_place_that_was_named_beforehand_may_hold_the_files(server, artefact, model, monkeypatch):
    with serving(artefact, server.digest) as other:
        server.location = f"mlflow-artifacts://127.0.0.1:{other.server_port}/1/model"
        monkeypatch.setenv(ALLOWED, f"s3://models, 127.0.0.1:{other.server_port}")
        assert Scorer.from_registry(CHAMPION, server.address).model.version == model.version
        assert len(other.asked) == 9
