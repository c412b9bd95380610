"""``giants serve``: the options make a plan; the server itself is not started here."""

from pathlib import Path

import pytest

from littlegiants.models.serving_contract import ServingContract
from littlegiants.serving.http.process import server
from littlegiants.serving.http.process.cores import cores
from littlegiants.serving.http.process.server import Plan
from tests.cli.conftest import giants
from tests.models.signatures import make_keys


@pytest.fixture
def plans(monkeypatch) -> list[Plan]:
    """What would have been served."""
    found: list[Plan] = []
    monkeypatch.setattr(server, "serve", found.append)
    monkeypatch.delenv("LITTLEGIANTS_KEYS", raising=False)
    return found


def test_by_default_on_this_machine_with_a_worker_for_each_core(plans):
    done = giants("serve", "--model", "folder")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert plans == [Plan("folder", workers=len(cores()))]


def test_every_option_is_in_the_plan(plans):
    options = ("--host", "::1", "--port", 8081, "--workers", 3, "--keys", "keys.json", "--poll", 0.5, "--store", "s")
    assert giants("serve", "--model", "folder", *options).code == 0
    assert plans == [
        Plan("folder", "s", host="::1", port=8081, workers=3, keys=Path("keys.json"), poll_seconds=0.5),
    ]


def test_what_a_model_must_be_for(plans):
    options = ("--outcome", "exit", "--timespan", "36 months", "--money", "2015")
    assert giants("serve", "--model", "folder", *options).code == 0
    assert plans[0].contract == ServingContract("exit", "36 months", "2015")


@pytest.mark.parametrize("options", [("--outcome", "fame"), ("--timespan", "2 years"), ("--money", "cheap")])
def test_a_contract_that_no_model_can_keep(plans, options):
    done = giants("serve", "--model", "folder", *options)
    assert (done.code, done.err.count("\n"), plans) == (2, 1, [])
    assert options[1] in done.err


def test_keys_from_the_environment(plans, monkeypatch):
    monkeypatch.setenv("LITTLEGIANTS_KEYS", "keys.json")
    assert giants("serve", "--model", "folder").code == 0
    assert plans[0].keys == Path("keys.json")


def test_whose_signature_a_model_must_have(plans, tmp_path):
    make_keys(tmp_path)
    assert giants("serve", "--model", "folder", "--require-signature", "sign.pub").code == 0
    trust = plans[0].trust
    assert trust is not None
    assert giants("serve", "--model", "folder", "--signature-state", "s").code == 2
    assert len(plans) == 1


@pytest.mark.parametrize("options", [("--port", 0), ("--port", 65_536), ("--workers", 0), ("--poll", 0)])
def test_options_out_of_range(plans, options):
    done = giants("serve", "--model", "folder", *options)
    assert (done.code, done.err.count("\n"), plans) == (2, 1, [])
    assert options[0] in done.err


def test_without_a_store_there_is_no_champion(plans):
    done = giants("serve", "--store", "sqlite:///none.db")
    assert (done.code, plans) == (6, [])
    assert done.err.startswith("giants: there is no model store none.db; train a model first")
    assert not Path("none.db").exists()
