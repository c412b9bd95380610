"""Settings reach the worker processes by the environment."""

from pathlib import Path

import msgspec
import pytest

from littlegiants.models.serving_contract import promised
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.runtime.settings import VARIABLE, Settings


@pytest.mark.parametrize(
    "settings", [Settings("/run"), Settings("/run", 3, "/keys.json", Limits(firms=7), promised("market"))]
)
def test_settings_reach_the_workers_by_the_environment(settings, monkeypatch):
    monkeypatch.setenv(VARIABLE, "")
    settings.export()
    assert Settings.imported() == settings


def test_the_folder_of_the_service():
    assert Settings("/run/giants").folder == Path("/run/giants")


@pytest.mark.parametrize("text", ["", "{}", '{"run": "/run", "threads": 2}', '{"run": "/run", "workers": "2"}'])
def test_settings_of_another_kind_are_an_error(text, monkeypatch):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(msgspec.DecodeError):
        Settings.imported()
