"""Keys: who may ask what, and how often."""

import base64
import time

import pytest

from littlegiants.serving.http.auth.access import scope_of
from littlegiants.serving.http.auth.key_file import add_key, revoke_key
from tests.serving.http.conftest import eventually, serving


@pytest.fixture(scope="module")
def keyed(artefact, tmp_path_factory):
    """A service with keys: its tokens by name, and the file."""
    folder = tmp_path_factory.mktemp("keyed")
    file = folder / "keys.json"
    tokens = {
        "scores": add_key(file, "scores", ["score"], 100_000),
        "figures": add_key(file, "figures", ["metrics"], 100_000),
        "slow": add_key(file, "slow", ["score"], 3),
        "gone": add_key(file, "gone", ["score"], 100_000),
    }
    with serving(folder, "--model", artefact, "--workers", 2, "--keys", file) as running:
        yield running, tokens, file


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}


def score_with(running, at_risk, **headers: str):
    import json

    body = json.dumps({"as_of_date": "2025-12-31", "firms": at_risk[:1]}).encode()
    return running.ask("POST", "/v1/score", body, **headers)


def test_h01_no_key(keyed, at_risk):
    running, _, _ = keyed
    answer = score_with(running, at_risk, Content_Type="application/json")
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert running.ask("GET", "/health/ready").status == 200


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer x", "Bearer lg_" + "a" * 43, "Basic !", "Basic eDp5", "Digest x", ""]
)
def test_h02_a_wrong_key(keyed, at_risk, value):
    running, _, _ = keyed
    assert score_with(running, at_risk, Authorization=value, Content_Type="application/json").status == 401


def test_a_key_opens_what_it_is_for(keyed, at_risk):
    running, tokens, _ = keyed
    assert score_with(running, at_risk, **bearer(tokens["scores"])).status == 200
    # A browser sends the key as the password that it asked somebody for.
    basic = base64.b64encode(f"anybody:{tokens['scores']}".encode()).decode()
    assert score_with(running, at_risk, Authorization=f"Basic {basic}", Content_Type="application/json").status == 200
    assert running.ask("GET", "/metrics", Authorization=f"Bearer {tokens['figures']}").status == 200


def test_h05_a_key_of_another_scope(keyed, at_risk):
    running, tokens, _ = keyed
    assert score_with(running, at_risk, **bearer(tokens["figures"])).status == 403
    assert running.ask("GET", "/v1/model", Authorization=f"Bearer {tokens['scores']}").status == 403


def test_h06_two_keys_at_once(keyed):
    running, tokens, _ = keyed
    line = b"Authorization: Bearer %s\r\n" % tokens["scores"].encode()
    answer = running.raw(b"GET /v1/model HTTP/1.1\r\nHost: x\r\n" + line + line + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_h03_a_revoked_key_is_refused_within_five_seconds(keyed, at_risk):
    running, tokens, file = keyed
    assert score_with(running, at_risk, **bearer(tokens["gone"])).status == 200
    revoke_key(file, "gone")
    start = time.monotonic()
    # Each of the two workers looks for itself.
    eventually(
        lambda: {score_with(running, at_risk, **bearer(tokens["gone"])).status for _ in range(8)} == {401}, within=5
    )
    assert time.monotonic() - start < 5


def test_h30_a_key_that_asks_too_often_is_told_when_to_come_again(keyed, at_risk):
    running, tokens, _ = keyed
    answers = [score_with(running, at_risk, **bearer(tokens["slow"])) for _ in range(6)]
    # Three in a minute, whichever worker they came to.
    assert [answer.status for answer in answers] == [200] * 3 + [429] * 3
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 21


def test_no_key_is_in_the_log(keyed, at_risk):
    running, tokens, _ = keyed
    score_with(running, at_risk, **bearer(tokens["scores"]))
    eventually(lambda: any(line.get("key") == "scores" for line in running.lines()))
    text = running.log.read_text(encoding="utf-8")
    assert not [name for name, token in tokens.items() if token in text]


def test_what_changes_nothing_and_shows_nothing_is_open():
    assert scope_of("/health/live", "GET") is None
    assert scope_of("/", "GET") is None
    assert scope_of("/anything", "POST") == "score"
    assert scope_of("/v2/models/littlegiants/infer", "POST") == "score"
    assert scope_of("/v2/models/littlegiants", "GET") == "model"


def test_the_open_inference_protocol_wants_the_same_keys(keyed):
    running, tokens, _ = keyed
    assert running.ask("GET", "/v2/health/ready").status == 200
    infer = "/v2/models/littlegiants/infer"
    refused = running.post(b"{}", infer)
    assert (refused.status, refused.json()["error"]) == (401, refused.json()["title"])
    assert running.post(b"{}", infer, Authorization=f"Bearer {tokens['scores']}").status == 422
    for path in ("/v2", "/v2/models/littlegiants", "/v2/models/littlegiants/ready"):
        assert running.ask("GET", path, Authorization=f"Bearer {tokens['scores']}").status == 403
