"""Checks on a model's manifest, without any scores: its dates, outcome, columns, size and history."""

from collections import Counter
from datetime import date

from pydantic import ValidationError

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Model, current_categories
from littlegiants.models.staleness import Staleness, age
from littlegiants.training.config import TrainConfig
from littlegiants.training.promotion.candidate import Candidate
from littlegiants.training.promotion.decision import Check, Verdict, found
from littlegiants.training.promotion.policy import Policy
from littlegiants.training.split import Schedule


def config_of(model: Model) -> TrainConfig | None:
    """Return the settings a model was trained with, or None if this version of the product has no such settings."""
    try:
        return TrainConfig.model_validate(model.manifest.config)
    except ValidationError:
        return None


def label(model: Model, champion: Model | None) -> Check:
    """Check that a model predicts the outcome it was configured for, and the same as the champion."""
    own, config = model.manifest.label, config_of(model)
    if config is None:
        return found("label", "its recorded settings are none of this version's; train with this version", "")
    rule = config.label.rule()
    configured = (rule.outcome, str(rule.timespan), rule.min_round_usd, config.cohort.require_round)
    if configured != (own.outcome, own.timespan, own.min_round_usd, own.require_round):
        return found("label", "its label definition is not the one of its own settings", "")
    other = "" if champion is None or champion.manifest.label == own else str(champion.manifest.label)
    wrong = f"it predicts another outcome ({own}) than the champion ({other}); keep it in a store of its own"
    return found("label", wrong if other else "", f"the outcome {own.outcome} within {own.timespan}")


def dates(model: Model) -> Check:
    """Check that each stage's label window ended before the next stage began."""
    days, config = model.manifest.dates, config_of(model)
    try:
        Schedule(days.fit, days.calibrate, days.test).check(
            (config or TrainConfig()).label.rule().timespan, days.known_by
        )
    except ConfigError as error:
        return found("dates", str(error), "")
    wrong = "" if days.refit_through in (days.fit[-1], days.calibrate) else "it was fitted through a date that is none"
    return found("dates", wrong, f"fitted through {days.refit_through}, nothing learned after {days.learned_by}")


def categories(model: Model) -> Check:
    """Check that the words behind category codes are those of the population that travels with the model."""
    wrong = "the words behind its category codes are not those of its own population, or in another order"
    same = model.manifest.categories == current_categories(model.population)
    return found("categories", "" if same else wrong, "each category code means what it meant at training")


def money(model: Model, tables: Tables) -> Check:
    """Check that the tables' amounts were converted as those that the model learned from."""
    rule, own = tables.money.rule(model.manifest.dates.known_by), model.manifest.money
    wrong = f"the tables' money is made with {rule}, the model's with {own}" if rule != own else ""
    return found("money", wrong, f"money made with {own}")


def schema(model: Model, champion: Model, policy: Policy) -> Check:
    """Check that a model has not lost tables or categories that the champion knew.

    Parameters
    ----------
    model, champion
        The two models.
    policy
        The thresholds.
    """
    mine, its = model.manifest, champion.manifest
    tables = [name for name in its.observed_tables if name not in mine.observed_tables]
    lost = {column: _lost(words, mine.categories.get(column, ())) for column, words in its.categories.items()}
    worst = max(lost, key=lambda column: lost[column], default="")
    figures = {f"lost_{column}": share for column, share in lost.items()}
    if tables:
        return found("schema", f"it was trained without {', '.join(tables)}, which the champion knew", "", figures)
    too_many = f"{lost[worst]:.0%} of the champion's words of {worst} are unknown to it" if worst else ""
    wrong = too_many if worst and lost[worst] > policy.lost_words else ""
    return found("schema", wrong, "it knows the champion's tables and categories", figures)


def _lost(before: tuple[str, ...], now: tuple[str, ...]) -> float:
    return sum((Counter(before) - Counter(now)).values()) / len(before) if before else 0.0


def older(model: Model, champion: Model) -> Check:
    """Check that a model was not trained on older data than the champion."""
    mine, its = model.manifest.dates, champion.manifest.dates
    behind = [
        f"{what} {ours}, the champion's {theirs}"
        for what, ours, theirs in (
            ("fitted through", mine.refit_through, its.refit_through),
            ("its data end", mine.known_by, its.known_by),
        )
        if ours < theirs
    ]
    return found("older_data", "; ".join(behind), "its data are at least as new as the champion's")


def freshness(model: Model, end: date, policy: Policy) -> Check:
    """Check how much older a model's labels are than the tables would allow with a window held out.

    Parameters
    ----------
    model
        The challenger.
    end
        The day by which the tables' outcomes are known.
    policy
        The thresholds.
    """
    days = model.manifest.dates
    if days.known_by > end:
        wrong = (
            f"it was trained on data through {days.known_by}, the tables given are taken to end on {end}; give newer"
        )
        return found("freshness", wrong, "")
    found_age = age(model.manifest, end, policy.warn_months, policy.stale_months)
    figures = {"months": found_age.months}
    wrong = f"{found_age}; train again" if found_age.staleness is Staleness.EXPIRED else ""
    check = found("freshness", wrong, str(found_age), figures)
    return check.model_copy(update={"verdict": Verdict.WARN}) if found_age.staleness is Staleness.AGEING else check


def champion_age(champion: Model, end: date, policy: Policy) -> Check:
    """Say how old the champion has become; an expired champion is a warning, not a reason against its successor.

    Parameters
    ----------
    champion
        The champion.
    end
        The day by which the tables' outcomes are known.
    policy
        The thresholds.
    """
    its = age(champion.manifest, end, policy.warn_months, policy.stale_months)
    verdict = Verdict.PASS if its.staleness is Staleness.FRESH else Verdict.WARN
    sentence = f"of the champion, {its}"
    return Check(code="champion_age", verdict=verdict, sentence=sentence, figures={"months": its.months})


def size(model: Model, candidate: Candidate, policy: Policy) -> Check:
    """Check that a model is small enough to be kept, fetched and explained.

    Parameters
    ----------
    model, candidate
        The challenger, and where its files are.
    policy
        The thresholds.
    """
    trees, megabytes = sum(booster.num_trees() for booster in model.boosters), candidate.size / 1e6
    wrong = [f"{trees:,} trees, {policy.trees:,} are allowed"] if trees > policy.trees else []
    wrong += [f"{megabytes:.1f} MB, {policy.megabytes:g} are allowed"] if megabytes > policy.megabytes else []
    figures = {"trees": trees, "megabytes": megabytes}
    return found("size", "; ".join(wrong), f"{trees:,} trees, {megabytes:.1f} MB", figures)


def version(candidate: Candidate, champion: Candidate | None) -> Check:
    """Check that a version is not older than the champion, and was not rolled back before."""
    number = candidate.version
    wrong = f"version {number} was rolled back ({candidate.rolled_back}); train again" if candidate.rolled_back else ""
    if not wrong and champion is not None and number < champion.version:
        wrong = f"version {number} is older than the champion, {champion.version}; `giants rollback` goes back"
    return found("version", wrong, "no older version")


def protocol(champion: Candidate, policy: Policy) -> Check:
    """Check that the thresholds are those the champion had to meet."""
    moved = champion.protocol not in ("", policy.digest())
    wrong = f"the thresholds have changed since the champion was promoted (protocol {champion.protocol[:12]})"
    return found("protocol", wrong if moved else "", f"protocol {policy.digest()[:12]}")
