"""Settings that were chosen, and the outcomes they were chosen by: those must have come before the test.

A test on outcomes that had a say in the choice of the settings flatters the model (Cawley and Talbot 2010). So a choice
carries its protocol, the last day that it knew, and a digest of what was chosen.
"""

import hashlib
import json
from typing import Any

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.config import TrainConfig
from littlegiants.training.split import Schedule

# What a choice says nothing about: which dates, how many threads, and how a figure's interval is made.
_NOT_CHOSEN: Any = {"chosen": True, "dates": True, "bootstrap": True, "stability_fits": True, "booster": {"threads"}}


def settings_digest(config: TrainConfig) -> str:
    """Return the SHA-256 of all settings that are chosen."""
    plain = config.model_dump(mode="json", exclude=_NOT_CHOSEN)
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def check_choice(config: TrainConfig, schedule: Schedule) -> None:
    """Refuse to test chosen settings on outcomes that had a say in the choice, or under another's protocol.

    Raises
    ------
    ConfigError
        Naming the dates, or saying that the settings were changed.
    """
    chosen = config.chosen
    if not chosen.protocol:
        return
    if settings_digest(config) != chosen.settings:
        raise ConfigError(
            "the settings are not those that [chosen] speaks of; run giants tune again, or remove [chosen] and answer "
            "for the settings yourself"
        )
    if schedule.test is not None and (chosen.known_by is None or chosen.known_by > schedule.test):
        raise ConfigError(
            f"the settings were chosen by outcomes known by {chosen.known_by}, after the test date {schedule.test}: "
            "the test would flatter; choose a later test date, or tune with an earlier --known-by"
        )
