"""Answers about the health of the service."""

import msgspec

from littlegiants.serving.http.api.responses import LIVE, Live, Ready


def test_live_is_encoded_in_advance():
    assert msgspec.json.encode(Live()) == LIVE == b'{"live":true}'


def test_why_is_there_only_if_the_service_is_not_ready():
    assert msgspec.json.encode(Ready(True)) == b'{"ready":true}'
    assert msgspec.json.encode(Ready(False, "no model")) == b'{"ready":false,"why":"no model"}'
