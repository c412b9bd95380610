"""Keys: what opens what, nothing that tells how near a guess was, and a ring that follows its file."""

import hmac
import json
import logging
import math
import statistics
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from littlegiants.serving.http.auth.key_file import add_key, revoke_key
from littlegiants.serving.http.auth.keys import Key, KeyRing

TODAY = datetime.now(UTC).date()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


@pytest.fixture
def token(path) -> str:
    """The token of a first key."""
    return add_key(path, "fund-a", ["portfolio", "score"], 600)


def opened(ring: KeyRing, token: str) -> Key:
    """The key of a token that opens something."""
    key = ring.check(token)
    assert key is not None
    return key


def opened_by(ring, token, seconds, wanted) -> float:
    """Ask until a token opens or does not, and return after how many seconds it was so."""
    began = time.monotonic()
    while (ring.check(token) is not None) is not wanted:
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began


def test_a_token_opens_what_its_key_says(path, token):
    other = add_key(path, "monitor", ["metrics"], 60)
    ring = KeyRing.from_file(path)
    found, second = opened(ring, token), opened(ring, other)
    assert (found.name, set(found.scopes), found.per_minute) == ("fund-a", {"score", "portfolio"}, 600)
    assert (second.name, set(second.scopes), second.per_minute) == ("monitor", {"metrics"}, 60)


def test_what_is_no_token_opens_nothing(path, token):
    ring = KeyRing.from_file(path)
    near = [token[:-1], token + "=", token.swapcase(), token[:-1] + ("A" if token[-1] != "A" else "B"), " " + token]
    strange = ["", "lg_", "lg_" + "A" * 43, "é" * 46, "\ud800" * 46, "\0" * 46, "lg_" + "A" * 100_000]
    stored = json.loads(path.read_text())["keys"][0]["sha256"]
    assert [ring.check(text) for text in (*near, *strange, stored, "lg_" + stored[:43])] == [None] * 14
    assert ring.check(token) is not None


def test_h02_wrong_keys_are_compared_in_constant_time_however_near_they_are(path, token):
    ring = KeyRing.from_file(path)
    first = token[:3] + ("A" if token[3] != "A" else "B") + token[4:]
    last = token[:-1] + ("A" if token[-1] != "A" else "B")
    times: dict[str, list[int]] = {first: [], last: []}
    for turn in range(10_000):
        # In turns, so that whatever slows the machine slows both alike.
        for wrong in (first, last) if turn % 2 else (last, first):
            began = time.perf_counter_ns()
            found = ring.check(wrong)
            times[wrong].append(time.perf_counter_ns() - began)
            assert found is None
    one, other = (statistics.median(taken) for taken in times.values())
    # Standard error of a difference of medians, sigma estimated by quartiles, and one tick of a coarse clock.
    quartiles = statistics.quantiles([*times[first], *times[last]], n=4)
    noise = 4 * 1.2533 * (quartiles[2] - quartiles[0]) / 1.349 * math.sqrt(2 / 10_000)
    assert abs(one - other) <= noise + 50, (one, other, noise)


def test_every_token_of_the_right_length_is_compared_once(path, token, monkeypatch):
    compared = []

    def counting(one, other):
        compared.append(len(one))
        return one == other

    ring = KeyRing.from_file(path)
    monkeypatch.setattr(hmac, "compare_digest", counting)
    for text in (token, "lg_" + "A" * 43, "x" * 46):
        ring.check(text)
    assert compared == [32, 32, 32]


def test_h03_a_revoked_key_is_refused_within_2_seconds_and_a_new_one_opens(path, token):
    ring = KeyRing.from_file(path)
    kept = add_key(path, "fund-b", ["score"], 600)
    assert opened_by(ring, kept, 2, True) < 2
    revoke_key(path, "fund-a")
    assert opened_by(ring, token, 2, False) < 2
    assert ring.check(kept) is not None


def test_a_broken_file_leaves_the_keys_and_raises_an_alarm(path, token, caplog):
    ring = KeyRing.from_file(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with caplog.at_level(logging.ERROR):
        ring.refresh()
        ring.refresh()
    assert ring.check(token) is not None
    assert "keys.json is not a file of keys" in ring.trouble
    assert [record.getMessage().endswith("those of before stay") for record in caplog.records] == [True]
    path.write_bytes(whole)
    ring.refresh()
    assert ring.trouble == ""


@pytest.mark.parametrize("how", ["mode", "link", "folder"])
def test_a_file_that_others_could_have_changed_is_not_taken_over(path, token, tmp_path, how):
    ring = KeyRing.from_file(path)
    stranger = add_key(tmp_path / "theirs.json", "theirs", ["score"], 600)
    content = (tmp_path / "theirs.json").read_bytes()
    path.unlink()
    if how == "mode":
        path.write_bytes(content)
        path.chmod(0o666)
    elif how == "link":
        path.symlink_to(tmp_path / "theirs.json")
    else:
        path.mkdir()
    ring.refresh()
    assert ring.check(stranger) is None
    assert ring.check(token) is not None
    assert ring.trouble


def test_a_file_that_is_gone_closes_everything_until_it_is_back(path, token, caplog):
    ring = KeyRing.from_file(path)
    whole = path.read_bytes()
    path.unlink()
    assert opened_by(ring, token, 2, False) < 2
    assert "there is no file of keys" in ring.trouble
    assert "all are closed" in caplog.text
    path.write_bytes(whole)
    path.chmod(0o600)
    assert opened_by(ring, token, 2, True) < 2
    assert ring.trouble == ""


def test_a_key_opens_through_its_last_day(path):
    tokens = {days: add_key(path, f"k{days}", ["score"], 60, TODAY + timedelta(days)) for days in (-1, 0, 1)}
    never = add_key(path, "never", ["score"], 60, date.max)
    ring = KeyRing.from_file(path)
    assert ring.check(tokens[-1]) is None
    assert [ring.check(token) is not None for token in (tokens[1], never)] == [True, True]
    midnight = datetime.combine(TODAY + timedelta(1), datetime.min.time(), UTC).timestamp()
    (today,) = (key for key in ring._keys.values() if key.name == "k0")
    assert today.expires_at == midnight


def test_h30_each_key_has_a_rate_of_its_own(path, token):
    slow = add_key(path, "slow", ["score"], 2)
    ring = KeyRing.from_file(path)
    key = opened(ring, slow)
    assert [ring.allow(key) for _ in range(2)] == [0, 0]
    assert 29 < ring.allow(key) <= 30
    assert ring.allow(opened(ring, token)) == 0


def test_a_check_and_a_count_take_less_than_10_microseconds(path, token, tmp_path):
    for number in range(200):
        add_key(path, f"k{number}", ["score"], 1_000_000)
    add_key(path, "fast", ["score"], 1_000_000)
    ring = KeyRing.from_file(path, tmp_path / "rates")
    best = math.inf
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(200):
            ring.allow(opened(ring, token))
        best = min(best, (time.perf_counter() - began) / 200)
    assert best < 10e-6


def test_nothing_secret_shows_in_a_key(path, token):
    key = opened(KeyRing.from_file(path), token)
    assert json.loads(path.read_text())["keys"][0]["sha256"] == key.digest.hex()
    assert repr(key.digest) not in repr(key)
