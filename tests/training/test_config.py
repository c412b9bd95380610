"""The configuration file: every key, every wrong value, in one line."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training.config import TrainConfig, describe
from littlegiants.training.labels import LabelRule

# Every key with a value that is not its default.
EVERY_KEY = """
constant_prices = 2015
recency_half_life_months = 12.5
fresh_population = true
early_months = 12
refit = false
min_subsidised = 50
bootstrap = 30
stability_fits = 5
interval_fits = 4
seed = 11

[label]
outcome = "exit"
timespan_months = 36
timespan_days = 793
min_round_usd = 500000.0
round_credit = 0.25

[dates]
known_by = 2020-12-31
fit = [2010-01-01, 2011-01-01]
calibrate = 2014-01-01
test = 2017-01-01
holdout = false
fit_dates = 3
spacing_months = 12
gap_months = 1

[cohort]
require_round = true

[booster]
trees = 10
learning_rate = 0.5
leaves = 7
leaf_firms = 5
column_share = 0.9
row_share = 0.8
l2 = 1.5
category_smooth = 3.5
random_splits = true
signs = true
threads = 2

[chosen]
protocol = "5f"
settings = "6e"
known_by = 2012-12-31
"""


@pytest.fixture
def read(tmp_path):
    def reader(text: str) -> TrainConfig:
        (tmp_path / "train.toml").write_text(text, encoding="utf-8")
        return TrainConfig.from_toml(tmp_path / "train.toml")

    return reader


@pytest.fixture
def refused(read):
    def reader(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            read(text)
        message = str(caught.value)
        assert len(message.splitlines()) == 1
        assert "train.toml" in message
        return message.partition("train.toml")[2]

    return reader


def flat(plain: dict, prefix: str = "") -> dict:
    return {
        key: value
        for name, part in plain.items()
        for key, value in (
            flat(part, f"{prefix}{name}.") if isinstance(part, dict) else {f"{prefix}{name}": part}
        ).items()
    }


def test_every_key_can_be_set(read):
    given = flat(read(EVERY_KEY).model_dump())
    defaults = flat(TrainConfig().model_dump())
    assert given.keys() == defaults.keys()
    assert [key for key in defaults if given[key] == defaults[key]] == []
    assert given["dates.fit"] == (date(2010, 1, 1), date(2011, 1, 1))
    assert given["booster.l2"] == 1.5


def test_an_empty_file_is_the_default(read):
    assert read("") == TrainConfig()


def test_it_survives_json_as_the_manifest_stores_it(read):
    config = read(EVERY_KEY)
    assert TrainConfig.model_validate(json.loads(json.dumps(config.model_dump(mode="json")))) == config


def test_every_key_is_described_with_its_default():
    rows = describe()
    assert [name for name, _, _ in rows] == list(flat(TrainConfig().model_dump()))
    assert {name: default for name, default, _ in rows} == flat(TrainConfig().model_dump())
    assert all(text for _, _, text in rows)


def test_none_is_said_in_words(read):
    assert read('recency_half_life_months = "none"').recency_half_life_months is None
    assert read('[dates]\nfit = "none"').dates.fit is None


def test_a_date_may_be_quoted(read):
    assert read('dates.known_by = "2020-12-31"').dates.known_by == date(2020, 12, 31)


@pytest.mark.parametrize("key", ["sead", "label.months", "dates.fits", "cohort.rounds", "booster.depth", "truth"])
def test_an_unknown_key_is_refused_and_the_known_ones_are_named(refused, key):
    message = refused(f"{key} = 1")
    assert message.startswith(f": there is no key {key!r}; the keys are label.outcome, ")
    assert message.endswith("stability_fits, seed, chosen.protocol, chosen.settings, chosen.known_by")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('seed = "7"', ": seed: Input should be a valid integer; '7' was given"),
        ("seed = 7.0", ": seed: Input should be a valid integer; 7.0 was given"),
        ("seed = true", ": seed: Input should be a valid integer; True was given"),
        ("seed = -1", ": seed: Input should be greater than or equal to 0; -1 was given"),
        ("seed = 4000000000", ": seed: Input should be less than 2147483648; 4000000000 was given"),
        ("seed = [7]", ": seed: Input should be a valid integer; [7] was given"),
        ('seed = "none"', ": seed: Input should be a valid integer; None was given"),
        ("refit = 1", ": refit: Input should be a valid boolean; 1 was given"),
        ('refit = "yes"', ": refit: Input should be a valid boolean; 'yes' was given"),
        ("bootstrap = 19", ": bootstrap: Input should be greater than or equal to 20; 19 was given"),
        ("recency_half_life_months = 0", "Input should be greater than 0; 0 was given"),
        ("recency_half_life_months = inf", "Input should be a finite number; inf was given"),
        ("label = 3", ": label: Input should be an object; 3 was given"),
        ("[[label]]", ": label: Input should be an object; [{}] was given"),
        (
            'label.outcome = "IPO"',
            ": label.outcome: Input should be 'market', 'exit' or 'acquisition'; 'IPO' was given",
        ),
        (
            "label.timespan_months = 0",
            ": label.timespan_months: Input should be greater than or equal to 1; 0 was",
        ),
        ("label.min_round_usd = nan", ": label.min_round_usd: Input should be a finite number; nan was given"),
        ("label.min_round_usd = -1", ": label.min_round_usd: Input should be greater than or equal to 0; -1 was given"),
        ("booster.learning_rate = 1.5", "Input should be less than or equal to 1; 1.5 was given"),
        ("booster.l2 = inf", ": booster.l2: Input should be a finite number; inf was given"),
        ("dates.known_by = 1577836800", ": dates.known_by: Input should be a valid date; 1577836800 was given"),
        (
            'dates.known_by = "1577836800"',
            "Input should be a date such as 2013-10-01; '1577836800' was given",
        ),
        ('dates.known_by = "31/12/2020"', "should be a date such as 2013-10-01; '31/12/2020' was given"),
        (
            'dates.known_by = "2021-02-29"',
            ": dates.known_by: Input should be a date such as 2013-10-01; '2021-02-29' was given",
        ),
        (
            "dates.known_by = 2020-12-31T00:00:00",
            "should be a date such as 2013-10-01; '2020-12-31 00:00:00' was given",
        ),
        ("dates.known_by = 9999-12-31", ": dates.known_by: Input should be less than 2100-01-01; "),
        ("dates.test = 1066-10-14", ": dates.test: Input should be greater than or equal to 1980-01-01; "),
        ("dates.fit = 2020-12-31", ": dates.fit: Input should be a valid array; '2020-12-31' was given"),
        ('dates.fit = [2020-12-31, "x"]', ": dates.fit.1: Input should be a date such as 2013-10-01; 'x' was given"),
        ("seed =", " is not TOML: Invalid value (at end of document)"),
        ("seed = 1\nseed = 2", " is not TOML: Cannot overwrite a value (at end of document)"),
        ("\0", " is not TOML: Invalid statement (at line 1, column 1)"),
        ("x = " + "[" * 5_000, " is not TOML: "),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(refused, text, message):
    assert message in refused(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml cannot be read: No such file or directory$"):
        TrainConfig.from_toml(tmp_path / "absent.toml")
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory$"):
        TrainConfig.from_toml(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# \xe9")
    with pytest.raises(ConfigError, match=r"latin\.toml is not TOML: 'utf-8' codec can't decode"):
        TrainConfig.from_toml(tmp_path / "latin.toml")


def test_it_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        TrainConfig().seed = 3  # type: ignore[misc]


def test_the_label_rule(read):
    assert read("").label.rule() == LabelRule("market", LabelTimespan(24, None), 1_000_000.0)
    assert read(EVERY_KEY).label.rule() == LabelRule("exit", LabelTimespan(36, 793), 500_000.0)


KNOWN_BY = date(2020, 12, 31)
YEAR = LabelTimespan(12)


@pytest.mark.parametrize(
    ("text", "fit", "calibrate", "test"),
    [
        ("", "2016-06-30 2016-12-31 2017-06-30 2017-12-31", "2018-12-31", "2019-12-31"),
        ("fit_dates = 1\nholdout = false", "2018-12-31", "2019-12-31", ""),
        ("fit_dates = 2\nspacing_months = 12", "2016-12-31 2017-12-31", "2018-12-31", "2019-12-31"),
        ("fit_dates = 1\ngap_months = 2", "2017-06-30", "2018-08-31", "2019-10-31"),
        ("fit = [2015-05-05]\ncalibrate = 2016-05-05", "2015-05-05", "2016-05-05", ""),
        ("fit = [2015-05-05]\ncalibrate = 2016-05-05\ntest = 2017-05-05", "2015-05-05", "2016-05-05", "2017-05-05"),
    ],
)
def test_dates_are_chosen_or_taken_as_given(read, text, fit, calibrate, test):
    found = read(f"[dates]\n{text}").dates.schedule(YEAR, KNOWN_BY)
    assert " ".join(map(str, found.fit)) == fit
    assert (str(found.calibrate), str(found.test or "")) == (calibrate, test)


@pytest.mark.parametrize(
    "text",
    [
        "fit = [2015-05-05]",
        "calibrate = 2016-05-05",
        "test = 2017-05-05",
        "fit = [2015-05-05]\ntest = 2017-05-05",
        "calibrate = 2016-05-05\ntest = 2017-05-05",
    ],
)
def test_dates_given_in_part_are_refused(read, text):
    with pytest.raises(ConfigError, match=r"^\[dates\] needs both fit and calibrate, or none of fit, "):
        read(f"[dates]\n{text}").dates.schedule(YEAR, KNOWN_BY)
