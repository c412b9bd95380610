"""``giants keys``: a token is told once, by the command that makes it."""

import json
import re
from pathlib import Path

import pytest

from littlegiants.serving.http.auth.keys import KeyRing
from tests.cli.conftest import giants


def test_a_key_is_made_listed_and_revoked():
    made = giants("keys", "add", "fund-a", "--file", "keys.json", "--per-minute", 1_200, "--expires", "2999-12-31")
    assert (made.code, made.err) == (0, "")
    token, told = made.lines
    assert told.startswith("the key fund-a opens score, portfolio, model; it is shown this once")
    key = KeyRing.from_file(Path("keys.json")).check(token)
    assert key is not None
    assert (key.name, key.per_minute, set(key.scopes)) == ("fund-a", 1_200, {"score", "portfolio", "model"})
    listed = giants("keys", "list", "--file", "keys.json")
    assert listed.code == 0
    assert listed.lines[0].split("  ")[0] == "name"
    assert listed.lines[1].split()[:5] == ["fund-a", "model", "portfolio", "score", "1,200"]
    assert listed.lines[1].endswith("2999-12-31")
    assert giants("keys", "revoke", "fund-a", "--file", "keys.json").out == "the key fund-a is revoked\n"
    assert KeyRing.from_file(Path("keys.json")).check(token) is None
    assert giants("keys", "list", "--file", "keys.json").out == "there is no key; make one with `giants keys add`\n"


def test_keys_for_machines_and_the_file_from_the_environment(monkeypatch):
    monkeypatch.setenv("LITTLEGIANTS_KEYS", "keys.json")
    made = giants("keys", "add", "monitor", "--scope", "metrics", "--json")
    told = json.loads(made.out)
    token = told.pop("token")
    assert told == {"name": "monitor", "scopes": ["metrics"], "per_minute": 600, "expires": None}
    opened = KeyRing.from_file(Path("keys.json")).check(token)
    assert opened is not None
    assert opened.scopes == {"metrics"}
    listed = giants("keys", "list", "--json")
    (key,) = json.loads(listed.out)["keys"]
    assert set(key) == {"name", "scopes", "per_minute", "created", "expires"}
    digest = json.loads(Path("keys.json").read_text())["keys"][0]["sha256"]
    assert token not in listed.out
    assert digest not in listed.out
    assert json.loads(giants("keys", "revoke", "monitor", "--json").out) == {"revoked": "monitor"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("list", "--file", "absent.json"),
            "giants: there is no file of keys absent.json; make one by `giants keys add`\n",
        ),
        (("revoke", "a", "--file", "absent.json"), "giants: there is no file of keys absent.json; make one by .*\n"),
        (("add", "a", "--file", "absent/keys.json"), "giants: absent/keys.json cannot be changed: No such file .*\n"),
        (("add", "a", "--scope", "all", "--file", "k.json"), r"giants: scopes are \['all'\]; name some of score, .*\n"),
        (("add", "a", "--expires", "soon", "--file", "k.json"), "giants: 'soon' is not a date; .*\n"),
        (("add", "a"), "giants keys add: Missing option '--file' .*; see giants keys add --help\n"),
    ],
)
def test_refusals(arguments, message, monkeypatch):
    monkeypatch.delenv("LITTLEGIANTS_KEYS", raising=False)
    run = giants("keys", *arguments)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(message, run.err), run.err
    assert not Path("k.json").exists()
