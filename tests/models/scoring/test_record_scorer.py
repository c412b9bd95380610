import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError, StaleModelError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.ingest.tables.money import MoneyRule
from littlegiants.models.scoring.record_scorer import (
    BATCH_EVENTS,
    FAULTY_ROWS,
    NOT_AT_RISK,
    FirmError,
    RecordScorer,
    Scored,
    alike,
)
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.serving import Scorer
from tests.features.as_records import firm
from tests.small_model import AS_OF


def firms_as_json(folder: Path) -> list[dict]:
    """Every firm of a folder of CSV tables as JSON would have it."""
    frames = {
        name: pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
        for name in ("firms", *EVENT_TABLES)
        if (folder / f"{name}.csv").exists()
    }
    worlds: dict[str, dict[str, list]] = {}
    for firm_id in frames["firms"]["firm_id"]:
        worlds[firm_id] = {name: [] for name in frames}
    for name, frame in frames.items():
        for row in frame.to_dict("records"):
            worlds[row["firm_id"]][name].append(row)
    return [firm(world, firm_id) for firm_id, world in worlds.items()]


def records(firms: list[dict]) -> list:
    return msgspec.json.decode(json.dumps(firms).encode(), type=list[FirmRecord])


def plain(score) -> dict:
    return {name: getattr(score, name) for name in SCORE_COLUMNS}


@pytest.fixture(scope="module")
def request_firms(universe):
    return records(firms_as_json(universe))


def test_scores_are_those_of_the_tables_bit_for_bit(universe, request_firms, model):
    expected = Scorer(model).score(read_tables(universe), AS_OF)
    answers = RecordScorer.of(model).score(request_firms, AS_OF, explain=True)
    found = {answer.firm_id: plain(answer) for answer in answers if isinstance(answer, Scored)}
    assert len(found) == len(expected)
    for row in expected.to_dict("records"):
        assert found[row["firm_id"]] == {str(key): None if value != value else value for key, value in row.items()}
    refused = {answer.firm_id for answer in answers if isinstance(answer, FirmError)}
    assert refused == {record.firm_id for record in request_firms} - set(expected["firm_id"])
    assert {answer.code for answer in answers if isinstance(answer, FirmError)} == {NOT_AT_RISK}


@pytest.mark.parametrize("seed", range(5))
def test_a_score_does_not_depend_on_who_is_asked_about_with_it(request_firms, model, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    scorer, some = RecordScorer.of(model), chance.sample(request_firms, 40)
    whole = scorer.score(some, AS_OF)
    chance.shuffle(order := list(range(40)))
    cut = chance.randrange(1, 39)
    parts = [scorer.score([some[place] for place in part], AS_OF) for part in (order[:cut], order[cut:])]
    assert [*parts[0], *parts[1]] == [whole[place] for place in order]


def test_one_id_with_two_histories_is_two_firms(request_firms, model):
    one = next(record for record in request_firms if record.rounds and record.grants)
    other = msgspec.structs.replace(one, rounds=[], outcomes=[])
    scorer = RecordScorer.of(model)
    both = scorer.score([one, other], AS_OF)
    assert both == [*scorer.score([one], AS_OF), *scorer.score([other], AS_OF)]
    assert both[0] != both[1]


def test_tables_that_were_not_observed_are_told_from_empty_ones(request_firms, model):
    one = next(record for record in request_firms if record.rounds and record.grants)
    one = msgspec.structs.replace(one, outcomes=[])
    silent = msgspec.structs.replace(one, patents=msgspec.UNSET)
    found, withheld = RecordScorer.of(model).score([one, silent], AS_OF)
    assert withheld.abstained
    assert withheld.abstain_reason == "table_missing"
    assert withheld.p_market is None
    assert found.abstain_reason != "table_missing"


def test_an_invalid_firm_gets_its_violations_and_the_others_their_scores(request_firms, model):
    sound = next(record for record in request_firms if record.grants and not record.outcomes)
    grants = [msgspec.structs.replace(sound.grants[0], awarded_on="2020-02-30"), *sound.grants[1:]]
    faulty = msgspec.structs.replace(sound, grants=grants, name="x\x07")
    scorer = RecordScorer.of(model)
    answer, score = scorer.score([faulty, sound], AS_OF)
    assert score == scorer.score([sound], AS_OF)[0]
    assert (answer.firm_id, answer.code) == (sound.firm_id, FAULTY_ROWS)
    assert [(f.table, f.row, f.column, f.code) for f in answer.faults] == [
        ("firms", 1, "name", "control_character"),
        ("grants", 1, "awarded_on", "impossible_date"),
    ]


FAULTS = (
    lambda record: record,
    lambda record: msgspec.structs.replace(record, name="a\u00a0b"),  # unusual, and right
    lambda record: msgspec.structs.replace(record, name="a\x07"),
    lambda record: msgspec.structs.replace(record, country="\u200b"),
    lambda record: msgspec.structs.replace(record, rounds=[*record.rounds, *record.rounds]),
    lambda record: msgspec.structs.replace(record, patents=msgspec.UNSET, city="b\u00a0"),
    lambda record: msgspec.structs.replace(record, firm_id=f"\u00a0{record.firm_id} "),
    lambda record: msgspec.structs.replace(record, firm_id="a\u00a0b", city="b\u00a0"),
    lambda record: msgspec.structs.replace(record, firm_id=""),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_firms_that_the_loader_looks_at_together_are_answered_as_each_alone(request_firms, model, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    some = [chance.choice(FAULTS)(record) for record in chance.sample(request_firms, 20)]
    scorer = RecordScorer.of(model)
    alone = [scorer.score([record], AS_OF)[0] for record in some]
    assert scorer.score(some, AS_OF) == alone
    # Some at a time, as the service asks: what is answered is the same, and in the end everything is.
    found, rest = [None] * len(some), list(range(len(some)))
    for _ in some:
        answers = scorer.score([some[place] for place in rest], AS_OF, unusual=1)
        for place, answer in zip(rest, answers, strict=True):
            found[place] = answer
        rest = [place for place in rest if found[place] is None]
    assert found == alone


def test_a_request_full_of_faults_asks_the_loader_once(request_firms, model):
    some = [msgspec.structs.replace(record, name="a\x07") for record in request_firms[:150]]
    events = sum(len(getattr(record, name)) for record in some for name in EVENT_TABLES)
    assert BATCH_EVENTS > events > 150
    answers = RecordScorer.of(model).score(some, AS_OF, unusual=1)
    assert [(answer.firm_id, answer.code) for answer in answers] == [(record.firm_id, FAULTY_ROWS) for record in some]


def test_no_more_is_loaded_together_than_takes_a_moment(request_firms):
    record = next(record for record in request_firms if record.grants)
    large = [
        msgspec.structs.replace(record, firm_id=f"f{place}", rounds=[], grants=record.grants[:1] * (BATCH_EVENTS // 2))
        for place in range(5)
    ]
    assert alike(large, [0, 1, 2]) == [0]
    assert alike(large, [3]) == [3]


def test_text_that_the_loader_strips_is_scored_all_the_same(request_firms, model):
    sound = next(record for record in request_firms if record.grants and not record.outcomes)
    padded = msgspec.structs.replace(sound, region=f" {sound.region}\u00a0")
    scorer = RecordScorer.of(model)
    assert scorer.score([padded], AS_OF) == scorer.score([sound], AS_OF)


def test_a_firm_of_the_future_is_not_at_risk(request_firms, model):
    (answer,) = RecordScorer.of(model).score(request_firms[:1], date(1980, 1, 1))
    assert answer.code == NOT_AT_RISK
    assert "not at risk on 1980-01-01" in answer.message


def test_an_expired_model_and_one_of_other_money_are_refused(request_firms, model):
    with pytest.raises(StaleModelError, match="too old for firms as of 2028-06-30"):
        RecordScorer.of(model).score(request_firms[:1], date(2028, 6, 30))
    other = replace(model, manifest=model.manifest.model_copy(update={"money": MoneyRule("a" * 64)}))
    with pytest.raises(ConfigError, match="give its scorer the table of rates"):
        RecordScorer.of(other)
