"""The file of the keys: nothing in it opens anything, no change is lost, and what is not right is refused."""

import json
import subprocess
import sys

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.auth import key_file
from littlegiants.serving.http.auth.key_file import add_key, read_keys, revoke_key
from littlegiants.serving.http.auth.keys import KeyRing

ADDER = """
import sys
from pathlib import Path
from littlegiants.serving.http.auth.key_file import add_key
for number in range(10):
    add_key(Path(sys.argv[1]), f"{sys.argv[2]}-{number}", ["score"], 60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def token(path) -> str:
    """The token of a first key."""
    return add_key(path, "fund-a", ["portfolio", "score"], 600)


def edited(path, **changes):
    """Write the file with changes to its first key."""
    plain = json.loads(path.read_text())
    plain["keys"][0] |= changes
    path.write_text(json.dumps(plain))


def test_a_token_has_256_bits_and_is_stored_nowhere(path, token, tmp_path):
    assert token.startswith("lg_")
    assert len(token) == 46
    assert len({add_key(path, f"k{n}", ["score"], 1) for n in range(20)}) == 20
    for file in tmp_path.iterdir():
        assert token[3:].encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600


def test_keys_added_at_once_all_survive(path):
    adders = [subprocess.Popen([sys.executable, "-c", ADDER, path, f"adder{n}"]) for n in range(2)]
    assert [adder.wait(60) for adder in adders] == [0, 0]
    records = read_keys(path)
    assert {record.name for record in records} == {f"adder{n}-{number}" for n in range(2) for number in range(10)}
    assert sorted(record.slot for record in records) == list(range(20))


def test_a_slot_is_free_again_once_its_key_is_revoked(path, token, monkeypatch):
    monkeypatch.setattr(key_file, "SLOTS", 2)
    add_key(path, "b", ["score"], 60)
    with pytest.raises(ConfigError, match=r"keys\.json holds 2 keys, which is all that it can; revoke some"):
        add_key(path, "c", ["score"], 60)
    revoke_key(path, "fund-a")
    add_key(path, "c", ["score"], 60)
    assert [(record.name, record.slot) for record in read_keys(path)] == [("b", 1), ("c", 0)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "fund-a"}, "there is a key fund-a already; revoke it first, or take another name"),
        ({"name": ""}, "a key's name is 1 to 64 letters"),
        ({"name": "a\nb"}, "a key's name is 1 to 64 letters"),
        ({"name": "x" * 65}, "a key's name is 1 to 64 letters"),
        ({"name": "lg_abc"}, "does not begin with lg_"),
        ({"scopes": []}, "scopes are none; name some of score, portfolio, model, metrics"),
        ({"scopes": ["score", "admin"]}, r"scopes are \['admin'\]; name some of"),
        ({"per_minute": 0}, "0 requests a minute; name 1 to 1,000,000"),
        ({"per_minute": 1_000_001}, "1,000,001 requests a minute"),
    ],
)
def test_a_key_that_cannot_be_is_refused(path, token, changes, message):
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=message):
        add_key(path, **{"name": "fund-b", "scopes": ["score"], "per_minute": 60, **changes})
    assert path.read_bytes() == before


def test_what_is_revoked_by_mistake_is_not_repeated(path, token):
    with pytest.raises(ConfigError, match=r"keys.json has no key fund-b; `giants keys list` shows those it has$"):
        revoke_key(path, "fund-b")
    with pytest.raises(ConfigError) as caught:
        revoke_key(path, token)
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a file of keys"),
        (b"[]", "is not a file of keys"),
        (b"\xff\xfe", "is not a file of keys"),
        (b"[" * 100_000, "is not a file of keys"),
        (b'{"format": 1, "keys": [], "more": 1}', "is not a file of keys"),
        (b'{"format": 2, "keys": []}', "is of format 2; this version reads format 1"),
        (b" " * (1 << 20) + b"{}", "is larger than 1,048,576 bytes"),
    ],
)
def test_what_is_no_file_of_keys_is_refused(path, content, message):
    path.write_bytes(content)
    path.chmod(0o600)
    for use in (read_keys, KeyRing.from_file, lambda place: add_key(place, "a", ["score"], 1)):
        with pytest.raises(ConfigError, match=message) as caught:
            use(path)
        assert len(str(caught.value).splitlines()) == 1
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sha256": "0" * 63}, "has a SHA-256 or a slot that is none"),
        ({"sha256": "é" * 64}, "has a SHA-256 or a slot that is none"),
        ({"slot": 1_024}, "has a SHA-256 or a slot that is none"),
        ({"slot": -1}, "has a SHA-256 or a slot that is none"),
        ({"slot": 1}, "two of them have the same slot"),
        ({"name": "fund-b"}, "two of them have the same name"),
        ({"scopes": ["all"]}, r"scopes are \['all'\]"),
        ({"per_minute": "60"}, "is not a file of keys"),
        ({"expires": "soon"}, "is not a file of keys"),
        ({"token": "x"}, "is not a file of keys"),
    ],
)
def test_a_key_that_someone_edited_is_refused(path, token, changes, message):
    add_key(path, "fund-b", ["score"], 60)
    edited(path, **changes)
    with pytest.raises(ConfigError, match=message):
        read_keys(path)
