"""What a manifest says, checked by itself: dates, outcome, categories, size and past."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from littlegiants.features.population.population import RARE, Population
from littlegiants.ingest.tables.money import Money, MoneyRule
from littlegiants.models.scoring.model import Head
from littlegiants.training.promotion import manifest_checks as checks
from littlegiants.training.promotion.candidate import Candidate
from littlegiants.training.promotion.decision import Verdict
from littlegiants.training.promotion.policy import Policy
from tests.training.plain_model import CALIBRATE, CONFIG, DATES, END, FIT, plain_manifest, plain_model

POLICY = Policy()
CHAMPION = Candidate(Path("champion"), version=3)


@pytest.fixture(scope="module")
def model():
    return plain_model()


def other(model, **changes):
    """The model with a changed manifest."""
    return replace(model, manifest=model.manifest.model_copy(update=changes))


def dated(model, **changes):
    """The model with other dates."""
    return other(model, dates=DATES.model_copy(update=changes))


def test_settings_are_read_back_or_are_of_another_version(model):
    assert checks.config_of(model) == CONFIG
    assert checks.config_of(other(model, config={"colour": "red"})) is None


def test_the_outcome_is_the_configured_one_and_the_champions(model):
    check = checks.label(model, model)
    assert (check.verdict, check.sentence) == (Verdict.PASS, "the outcome market within 24 months")
    assert checks.label(model, None).verdict is Verdict.PASS
    longer = other(model, label=model.manifest.label.model_copy(update={"timespan": "36 months"}))
    assert "not the one of its own settings" in checks.label(longer, None).sentence
    check = checks.label(model, longer)
    assert check.verdict is Verdict.REFUSE
    assert "another outcome" in check.sentence
    assert "36 months" in check.sentence
    assert "none of this version's" in checks.label(other(model, config={"colour": "red"}), None).sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"calibrate": date(2021, 6, 30)}, "2021"),
        ({"test": date(2023, 6, 30)}, "2023"),
        ({"refit_through": date(2020, 12, 31)}, "fitted through a date that is none"),
    ],
)
def test_stages_that_overlap_are_refused(changes, words, model):
    check = checks.dates(dated(model, **changes))
    assert check.verdict is Verdict.REFUSE
    assert words in check.sentence


@pytest.mark.parametrize("through", [FIT, CALIBRATE])
def test_it_may_be_fitted_through_the_last_date_or_the_calibrations(through, model):
    check = checks.dates(dated(model, refit_through=through))
    assert check.verdict is Verdict.PASS
    assert check.sentence == f"fitted through {through}, nothing learned after 2023-12-31"


def test_categories_are_those_of_its_population_in_their_order(model):
    seen = {**Population.empty().seen, "region": {"Berlin": RARE, "Tokyo": RARE, "rare": RARE - 1}}
    places = replace(model, population=replace(Population.empty(), seen=seen))
    words = {**model.manifest.categories, "region_code": ("Berlin", "Tokyo")}
    assert checks.categories(other(places, categories=words)).verdict is Verdict.PASS
    turned = {**words, "region_code": ("Tokyo", "Berlin")}
    assert checks.categories(other(places, categories=turned)).verdict is Verdict.REFUSE
    assert checks.categories(places).verdict is Verdict.REFUSE


def test_money_is_made_by_the_same_rule(model):
    tables = SimpleNamespace(money=Money())
    assert checks.money(model, tables).verdict is Verdict.PASS  # type: ignore[arg-type]
    for rule in (MoneyRule(constant_prices=2015), MoneyRule("0" * 64)):
        check = checks.money(other(model, money=rule), tables)  # type: ignore[arg-type]
        assert check.verdict is Verdict.REFUSE
        assert check.sentence == f"the tables' money is made with {MoneyRule()}, the model's with {rule}"


def test_lost_tables_and_lost_words_are_refused(model):
    fewer = other(model, observed_tables=("grants",))
    assert "trained without rounds" in checks.schema(fewer, model, POLICY).sentence
    assert checks.schema(model, fewer, POLICY).verdict is Verdict.PASS
    champion = other(model, categories={"country_code": tuple("abcdefghij")})
    # Two of ten words are a fifth, which is allowed; three are not.
    check = checks.schema(other(model, categories={"country_code": tuple("cdefghijkl")}), champion, POLICY)
    assert (check.verdict, check.figures) == (Verdict.PASS, {"lost_country_code": 0.2})
    check = checks.schema(other(model, categories={"country_code": tuple("defghij")}), champion, POLICY)
    assert check.sentence == "30% of the champion's words of country_code are unknown to it"
    assert checks.schema(other(model, categories={}), champion, POLICY).figures == {"lost_country_code": 1.0}


def test_a_model_of_older_data_than_the_champions_is_refused(model):
    assert checks.older(model, model).verdict is Verdict.PASS
    check = checks.older(dated(model, refit_through=FIT, known_by=END - timedelta(1)), model)
    assert check.sentence == (
        "fitted through 2019-12-31, the champion's 2021-12-31; its data end 2025-12-30, the champion's 2025-12-31"
    )
    assert checks.older(model, dated(model, refit_through=FIT)).verdict is Verdict.PASS


def test_an_ageing_model_is_warned_of_before_it_expires(model):
    def verdict(learned_by):
        return checks.freshness(dated(model, test=learned_by), END, POLICY).verdict

    assert verdict(date(2023, 1, 31)) is Verdict.PASS
    assert verdict(date(2022, 11, 30)) is Verdict.WARN
    assert verdict(date(2021, 11, 30)) is Verdict.REFUSE


def test_a_model_of_data_that_are_not_given_is_refused(model):
    check = checks.freshness(model, END - timedelta(1), POLICY)
    assert check.verdict is Verdict.REFUSE
    assert "trained on data through 2025-12-31" in check.sentence


@pytest.mark.parametrize(
    ("learned_by", "verdict"), [(date(2023, 1, 31), Verdict.PASS), (date(2019, 1, 31), Verdict.WARN)]
)
def test_a_champion_that_has_expired_does_not_refuse_its_successor(learned_by, verdict, model):
    check = checks.champion_age(dated(model, test=learned_by), END, POLICY)
    assert check.verdict is verdict
    assert check.sentence.startswith("of the champion, ")


def test_trees_of_all_boosters_and_bytes_of_all_files_count(model, tmp_path):
    (tmp_path / "a").write_bytes(b"0" * 1_500_000)
    (tmp_path / "b").write_bytes(b"0" * 500_000)
    candidate, one = Candidate(tmp_path), model.market.booster.num_trees()
    trees = one + model.spread.bias.num_trees() + model.spread.variance.num_trees()
    both = replace(model, subsidised=Head(model.market.booster, model.market.calibration))
    check = checks.size(both, candidate, POLICY)
    assert (check.verdict, check.figures) == (Verdict.PASS, {"trees": trees + one, "megabytes": 2.0})
    check = checks.size(model, candidate, Policy(trees=trees - 1, megabytes=1.9))
    assert check.sentence == f"{trees} trees, {trees - 1} are allowed; 2.0 MB, 1.9 are allowed"


def test_no_older_version_comes_back(tmp_path):
    assert checks.version(Candidate(tmp_path, version=4), CHAMPION).verdict is Verdict.PASS
    assert checks.version(Candidate(tmp_path, version=3), CHAMPION).verdict is Verdict.PASS
    assert "older than the champion, 3" in checks.version(Candidate(tmp_path, version=2), CHAMPION).sentence
    assert checks.version(Candidate(tmp_path, version=2), None).verdict is Verdict.PASS
    back = checks.version(Candidate(tmp_path, version=4, rolled_back="2026-01-01: one sector was off"), CHAMPION)
    assert back.sentence == "version 4 was rolled back (2026-01-01: one sector was off); train again"


def test_thresholds_that_were_moved_are_found_by_their_digest():
    assert checks.protocol(CHAMPION, POLICY).verdict is Verdict.PASS
    assert checks.protocol(replace(CHAMPION, protocol=POLICY.digest()), POLICY).verdict is Verdict.PASS
    moved = checks.protocol(replace(CHAMPION, protocol=Policy(ece=0.5).digest()), POLICY)
    assert (moved.code, moved.verdict) == ("protocol", Verdict.REFUSE)


def test_a_manifest_made_by_hand_is_one_that_reads_back():
    manifest = plain_manifest()
    assert type(manifest).model_validate_json(manifest.to_json()).own_digest() == manifest.own_digest()
