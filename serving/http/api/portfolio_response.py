"""The response of ``POST /v1/portfolio``: the aggregates of a portfolio, computed from the arrays of its scores."""

from collections.abc import Sequence
from typing import Any

import msgspec

from littlegiants.models.manifest import LabelDefinition
from littlegiants.models.scoring.record_scorer import Scored, score_arrays
from littlegiants.reports import portfolio
from littlegiants.serving.http.api.score_requests import Refused, to_result
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest


class Distribution(msgspec.Struct, frozen=True):
    """How many firms have a probability between one edge and the next."""

    edges: list[float]
    firms: list[int]


class WithheldCount(msgspec.Struct, frozen=True):
    """How many firms have no probability for one reason."""

    reason: str
    firms: int


class PortfolioResponse(msgspec.Struct, frozen=True):
    """What a portfolio says as a whole; ``refused`` are the firms that count nowhere else."""

    model_version: str
    outcome: str
    timespan: str
    as_of_date: str
    firms: int
    outlook: portfolio.Outlook
    distribution: Distribution
    ranking: list[portfolio.Firm]
    withheld: list[portfolio.Withheld]
    withheld_counts: list[WithheldCount]
    refused: list[Refused]


def portfolio_response(
    request: ParsedRequest, label: LabelDefinition, version: str, answers: Sequence[Any]
) -> PortfolioResponse:
    """Return the aggregates of a portfolio; see `littlegiants.reports.portfolio`.

    Parameters
    ----------
    request
        The request.
    label, version
        Of the model that scored.
    answers
        The answers to the records of the request; the reasons in them are data.
    """
    errors = [*request.refused.values(), *(answer for answer in answers if answer.__class__ is not Scored)]
    scores = score_arrays([answer for answer in answers if answer.__class__ is Scored])
    names = {record.firm_id: record.name for record in request.records if isinstance(record.name, str)}
    market, firms = portfolio.given(scores), len(scores["firm_id"])
    return PortfolioResponse(
        version,
        label.outcome,
        label.timespan,
        request.as_of.isoformat(),
        firms,
        portfolio.outlook(market),
        Distribution(*portfolio.histogram(market)),
        portfolio.ranked(scores, names, firms),
        portfolio.withheld(scores, names, firms),
        [WithheldCount(reason, count) for reason, count in portfolio.withheld_counts(scores)],
        [to_result(error) for error in errors],
    )
