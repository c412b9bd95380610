"""A damaged artefact is refused in one line that names the file, before LightGBM sees a byte of it."""

import json
import os
import random
import re
import shutil
import stat
from dataclasses import replace

import pytest

from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.manifest import LATER_KEYS
from littlegiants.models.scoring.interval import Spread
from tests.models.forging import FILES, canonical, edit, manifest_of, refused, sign


def is_whole(folder):
    """Check that nothing but the parser, which these tests have taken away, keeps the folder from being read."""
    with pytest.raises(AssertionError, match="LightGBM was given bytes"):
        read_artefact(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.9, 1.0])
def test_a_truncated_file_is_refused(copy, no_parser, name, share):
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: min(int(share * len(content)), len(content) - 1)])
    refused(copy, name)


@pytest.mark.parametrize("name", FILES)
def test_4_kb_of_zeros_are_refused(copy, no_parser, name):
    content = bytearray((copy / name).read_bytes())
    start = min(len(content) // 3, max(len(content) - 4_096, 0))
    content[start : start + 4_096] = bytes(4_096)
    (copy / name).write_bytes(content)
    refused(copy, name)


@pytest.mark.parametrize("name", [name for name in FILES if name != "context.parquet"])
def test_one_edited_digit_is_refused(copy, no_parser, name):
    content = (copy / name).read_text(encoding="utf-8")
    place = [match.start() for match in re.finditer(r"[0-8]", content)][len(content) // 1_000]
    (copy / name).write_text(content[:place] + str(int(content[place]) + 1) + content[place + 1 :], encoding="utf-8")
    refused(copy, name)


@pytest.mark.parametrize("extra", [b" ", b"\n", b"\0", b"{}"])
def test_one_more_byte_is_refused(copy, no_parser, extra):
    for name in FILES:
        content = (copy / name).read_bytes()
        (copy / name).write_bytes(content + extra)
        refused(copy, name)
        (copy / name).write_bytes(content)
    is_whole(copy)


@pytest.mark.parametrize("name", FILES)
def test_random_damage_is_refused(copy, no_parser, name):
    chance = random.Random(name)  # noqa: S311 - damage need not be unguessable
    whole = (copy / name).read_bytes()
    for _ in range(80):
        content = bytearray(whole)
        match chance.randrange(5):
            case 0:  # flipped bits
                for _ in range(chance.randint(1, 3)):
                    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            case 1:  # a piece lost
                start = chance.randrange(len(content))
                del content[start : start + chance.randint(1, 200)]
            case 2:  # a piece put in
                content[chance.randrange(len(content)) :][:0] = chance.randbytes(chance.randint(1, 50))
                content.insert(chance.randrange(len(content)), chance.randrange(256))
            case 3:  # two bytes exchanged
                one, other = chance.randrange(len(content)), chance.randrange(len(content))
                content[one], content[other] = content[other], content[one]
            case 4:  # a piece written over another
                start, end = chance.randrange(len(content)), chance.randrange(len(content))
                content[end : end + 64] = content[start : start + 64]
        if content != whole:
            (copy / name).write_bytes(content)
            refused(copy, name)
    (copy / name).write_bytes(whole)
    is_whole(copy)


@pytest.mark.parametrize("name", ["code.py", "model.pkl", "hook.pth", "native.so", "MLmodel", "a\nb", "模型.txt"])
def test_a_file_added_is_refused(copy, no_parser, name):
    (copy / name).write_bytes(b"x")
    refused(copy, name.replace("\n", "\\n"), "is not named in the manifest; an artefact holds nothing else")


@pytest.mark.parametrize("name", ["code", "data", "__pycache__"])
def test_a_folder_added_is_refused(copy, no_parser, name):
    (copy / name).mkdir()
    refused(copy, name, "links, folders and devices are refused")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(copy, no_parser, name):
    (copy / name).unlink()
    refused(copy, name, "has no manifest.json; it is not an artefact" if name == "manifest.json" else "is missing")


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_artefact_is_refused(copy, no_parser, trained, tmp_path, name):
    other = replace(
        trained.model,
        subsidised=trained.model.market,
        market=trained.model.subsidised,
        spread=Spread(trained.model.market.booster, trained.model.subsidised.booster, 0.3),
        reference=trained.model.reference**2,
        cohort=trained.model.cohort.model_copy(update={"silent_days": {}}),
        population=replace(trained.model.population, seen={**trained.model.population.seen, "country": {"XX": 50}}),
    )
    write_artefact(other, tmp_path / "other")
    assert (tmp_path / "other" / name).read_bytes() != (copy / name).read_bytes()
    shutil.copyfile(tmp_path / "other" / name, copy / name)
    # Another manifest is whole in itself; then it is the other files that are not what it says.
    refused(copy, "its SHA-256 differs", *([name] if name != "manifest.json" else []))


@pytest.mark.parametrize("name", FILES)
def test_a_symbolic_link_is_refused(copy, artefact, no_parser, name):
    (copy / name).unlink()
    (copy / name).symlink_to(artefact / name)
    refused(copy, name, "links, folders and devices are refused")


@pytest.mark.parametrize("name", FILES)
def test_a_hard_link_is_refused(copy, no_parser, tmp_path, name):
    os.link(copy / name, tmp_path / "second name")
    refused(copy, name, "links, folders and devices are refused")


def test_a_pipe_is_refused_and_not_waited_for(copy, no_parser):
    (copy / "model.txt").unlink()
    os.mkfifo(copy / "model.txt")
    refused(copy, "model.txt", "links, folders and devices are refused")


@pytest.mark.parametrize("name", ["", *FILES])
def test_what_everyone_may_write_is_refused(copy, no_parser, name):
    path = copy / name
    path.chmod(path.stat().st_mode | stat.S_IWOTH)
    refused(copy, name or "copy", "can be written by everyone")


def test_what_is_no_folder_is_refused(artefact, no_parser, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(artefact)
    (tmp_path / "empty").mkdir()
    for name in ("file", "link", "absent", "two\nlines"):
        refused(tmp_path / name, "is not a folder; give the folder that holds manifest.json")
    refused(tmp_path / "empty", "has no manifest.json; it is not an artefact")


@pytest.mark.parametrize("number", [0, 1, "2", None, True, 2.0])
def test_a_manifest_of_another_format_is_refused(copy, no_parser, number):
    manifest = manifest_of(copy)
    (copy / "manifest.json").write_bytes(canonical(manifest | {"format": number}))
    refused(copy, "manifest.json")
    sign(copy, format=number)
    refused(copy, "manifest.json")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"format": 2}',
        b"\x80\x04\x95",
        b"!!python/object/apply:os.system [id]",
        b'{"format": 2, "format": 2}',
        b"[" * 100_000,
        b'{"format": 2, "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"format": ' + b"9" * 5_000 + b"}",
        '{"format": 2}'.encode("utf-16"),
        b'{"format": NaN}',
        b'{"\xff": 1}',
    ],
    ids=lambda content: repr(content[:24]),
)
def test_what_is_no_manifest_is_refused(copy, no_parser, content):
    (copy / "manifest.json").write_bytes(content)
    refused(copy, "manifest.json")


@pytest.mark.parametrize("keys", [300_000, 1_000_000])
def test_a_manifest_of_very_many_keys_is_refused(copy, no_parser, keys):
    # The smaller one is within the limit of 4 MiB.
    many = ",".join(f'"k{key}":1' for key in range(keys))
    (copy / "manifest.json").write_text(f'{{"format":2,{many}}}')
    refused(copy, "manifest.json", "is larger than 4,194,304 bytes" if keys == 1_000_000 else "the key 'base_rate'")


@pytest.mark.parametrize("depth", [50, 300, 900, 980, 5_000])
def test_a_deep_manifest_is_refused(copy, no_parser, depth):
    text = (copy / "manifest.json").read_text(encoding="utf-8")
    deep = "[" * depth + "]" * depth
    (copy / "manifest.json").write_text(text.replace('"seed": 7', f'"seed": 7, "deep": {deep}', 1), encoding="utf-8")
    refused(copy, "manifest.json")


def test_a_manifest_in_another_spelling_is_refused(copy, no_parser):
    manifest = manifest_of(copy)
    for text in (json.dumps(manifest), json.dumps(manifest, indent=1), json.dumps(manifest, indent=2, sort_keys=True)):
        (copy / "manifest.json").write_text(text + "\n", encoding="utf-8")
        refused(copy, "manifest.json", "its own SHA-256 differs")


def test_a_number_that_json_does_not_have_is_refused(copy, no_parser):
    edit(copy / "manifest.json", b'"l2": 5.0', b'"l2": NaN')
    refused(copy, "manifest.json")


@pytest.mark.parametrize("name", ["model.pkl", "../model.txt", "/etc/passwd", "a\nb", "manifest.json"])
def test_a_manifest_that_lists_other_files_is_refused(copy, no_parser, name):
    files = manifest_of(copy)["files"]
    sign(copy, files={**files, name: "0" * 64})
    refused(copy, "manifest.json", repr(name))


def test_a_pickle_that_the_manifest_lists_is_refused(copy, no_parser):
    (copy / "model.pkl").write_bytes(b"\x80\x04.")
    sign(copy)
    refused(copy, "manifest.json", "lists 'model.pkl'")


def test_an_extra_key_is_refused(copy, no_parser):
    manifest = manifest_of(copy)
    sign(copy, dates=manifest["dates"] | {"line\nbreak": 1})
    refused(copy, "manifest.json", "line\\nbreak")
    sign(copy, loader_module="os", dates=manifest["dates"])
    refused(copy, "manifest.json", "has the key 'loader_module', which no manifest has")


def test_a_missing_key_is_refused(copy, no_parser):
    manifest = manifest_of(copy)
    for key in manifest.keys() - LATER_KEYS:
        (copy / "manifest.json").write_bytes(canonical({name: v for name, v in manifest.items() if name != key}))
        refused(copy, "manifest.json", "is not of format 2" if key == "format" else f"lacks the key {key!r}")


@pytest.mark.parametrize("depth", [150, 240, 300, 700, 900])
def test_a_deep_setting_is_refused_or_harmless(copy, no_parser, depth):
    deep: object = 1
    for _ in range(depth):
        deep = [deep]
    sign(copy, config={"deep": deep})
    with pytest.raises((ArtefactError, AssertionError), match=r"manifest\.json|LightGBM was given bytes"):
        read_artefact(copy)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is unreadable for root")
@pytest.mark.parametrize("name", ["", *FILES])
def test_what_cannot_be_read_is_named(copy, no_parser, name):
    (copy / name).chmod(0)
    try:
        refused(copy, name, "cannot be read: Permission denied")
    finally:
        (copy / name).chmod(0o755)
