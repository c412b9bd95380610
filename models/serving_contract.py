"""What a service promises to answer: one outcome, label timespan, money rule and feature contract.

A signature says who made a model, not what it is for. Two models that differ in one of the four are not two versions of
one answer, so none may take the place of the other while clients ask.
"""

import re
from dataclasses import dataclass, fields

from littlegiants.features.matrix import BUILDER, FIRST_BUILDER
from littlegiants.ingest.errors import ConfigError, ContractError
from littlegiants.ingest.tables.money import BUNDLED, MoneyRule
from littlegiants.models.digests import content_digest
from littlegiants.models.label_timespan import WRITTEN
from littlegiants.models.manifest import LabelDefinition, Manifest
from littlegiants.models.outcomes import outcome_named

PAID = "paid"
_NAMES = {"outcome": "outcome", "timespan": "label timespan", "money": "money rule", "features": "feature contract"}


@dataclass(frozen=True, slots=True)
class ServingContract:
    """What a model must be for; None stands for anything.

    Attributes
    ----------
    outcome
        The outcome, and who counts for it: its name, or ``of_label``.
    timespan
        The length of the label window, such as ``24 months``.
    money
        How amounts were converted: `PAID`, or the base year of constant prices; then the rates, if not the bundled.
    features
        The digest of the signals' names and the version of their builder.
    """

    outcome: str | None = None
    timespan: str | None = None
    money: str | None = None
    features: str | None = None

    @classmethod
    def of(cls, manifest: Manifest) -> "ServingContract":
        """Return what a model is for."""
        return cls(of_label(manifest.label), manifest.label.timespan, of_money(manifest.money), of_features(manifest))

    def check(self, manifest: Manifest) -> "ServingContract":
        """Return the whole contract, to which every later model is held.

        Raises
        ------
        ContractError
            If the model is for something else, naming everything that differs.
        """
        found = ServingContract.of(manifest)
        differing = [
            f"{_NAMES[name]} is {theirs}, not {ours}"
            for name, ours, theirs in ((f.name, getattr(self, f.name), getattr(found, f.name)) for f in fields(self))
            if ours is not None and theirs != ours and not (name == "outcome" and ours == manifest.label.outcome)
        ]
        if differing:
            raise ContractError(
                f"the model {manifest.digest[:12]} is for something else: its {'; its '.join(differing)}"
            )
        return found


def promised(outcome: str | None = None, timespan: str | None = None, money: str | None = None) -> ServingContract:
    """Return the contract that options name; what they leave out is taken from the first model.

    Parameters
    ----------
    outcome
        The name of an outcome.
    timespan
        A label timespan, such as ``24 months``.
    money
        `PAID`, or the base year of constant prices.

    Raises
    ------
    ConfigError
        If a value is none that a model can have.

    Examples
    --------
    >>> promised("market", timespan="24 months").money is None
    True
    >>> promised(money="dear")
    Traceback (most recent call last):
    littlegiants.ingest.errors.ConfigError: --money 'dear' is no money rule; give paid, or the year of constant prices
    """
    if outcome is not None:
        outcome_named(outcome)
    if timespan is not None and re.fullmatch(WRITTEN, timespan) is None:
        raise ConfigError(f"--timespan {timespan!r} is no label timespan; give it as '24 months' or '793 days'")
    if money is not None and money != PAID and re.fullmatch("[1-9][0-9]{3}", money) is None:
        raise ConfigError(f"--money {money!r} is no money rule; give {PAID}, or the year of constant prices")
    return ServingContract(outcome, timespan, money)


def of_label(label: LabelDefinition) -> str:
    """Return an outcome in words that two models share only if they predict the same for the same firms.

    Examples
    --------
    >>> of_label(LabelDefinition(outcome="exit", timespan="24 months", min_round_usd=1e6, require_round=True))
    'exit (rounds from US$ 1,000,000, firms with a round)'
    """
    who = "firms with a round" if label.require_round else "all firms"
    return f"{label.outcome} (rounds from US$ {label.min_round_usd:,.0f}, {who})"


def of_money(rule: MoneyRule) -> str:
    """Return a money rule as a contract names it.

    Examples
    --------
    >>> of_money(MoneyRule())
    'paid'
    >>> of_money(MoneyRule(constant_prices=2015))
    '2015'
    """
    prices = PAID if rule.constant_prices is None else str(rule.constant_prices)
    return prices if rule.rates == BUNDLED else f"{prices} at the rates {rule.rates[:12]}"


def of_features(manifest: Manifest) -> str:
    """Return the digest of what a model takes in: the signals' names in their order, and their builder's version."""
    version = manifest.versions.get(BUILDER, str(FIRST_BUILDER))
    return content_digest("\n".join((version, *manifest.features)).encode())[:12]
