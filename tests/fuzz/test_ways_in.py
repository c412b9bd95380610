"""What is fuzzed takes sound inputs, answers damaged ones by a typed refusal, and lets any other failure out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import ways_in
from tests.fuzz.ways_in import WAYS, seeds

EVERY_WAY = pytest.mark.parametrize("way", WAYS)


@EVERY_WAY
def test_seeds_are_small_and_sound(way, monkeypatch):
    # Nothing is refused: what a fuzzer begins with reaches the end of the way.
    monkeypatch.setattr(ways_in, "LittleGiantsError", ())
    monkeypatch.setattr(ways_in, "Problem", ())
    for seed in seeds(way):
        assert len(seed) < 8_000
        WAYS[way](seed)


@EVERY_WAY
@settings(max_examples=25)
@given(data=st.data())
def test_damage_is_refused_with_a_typed_error(way, data):
    seed = bytearray(data.draw(st.sampled_from(seeds(way))))
    for _ in range(data.draw(st.integers(1, 4))):
        seed[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    WAYS[way](bytes(seed[: data.draw(st.integers(0, len(seed)))]))
    WAYS[way](bytes(seed))


@EVERY_WAY
def test_nothing_at_all_is_refused(way):
    WAYS[way](b"")


def test_an_untyped_error_is_let_out(monkeypatch):
    monkeypatch.setattr(ways_in, "read_upload", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        WAYS["csv"](seeds("csv")[0])
