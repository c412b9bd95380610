"""Tables sent as files to ``POST /v1/score``: `giants score` reads and scores a folder in the same way."""

from datetime import date
from typing import Any

import msgspec

from littlegiants.features.asof.cohort import not_at_risk
from littlegiants.serving.http.api.score_requests import Refused, ScoreError
from littlegiants.serving.record_scorer import NOT_AT_RISK, Violation, scored
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import Bounds, Upload


class Sums(msgspec.Struct, frozen=True):
    """The account of a table: rows read = used + quarantined."""

    table: str
    read: int
    used: int
    quarantined: int


class UploadResponse(msgspec.Struct, frozen=True):
    """One result a firm, ascending by its id; every quarantined row, and the account of all of them."""

    model_version: str
    as_of_date: str
    results: list[Any]
    quarantined: list[Violation]
    rows: list[Sums]
    notes: list[str]


def score_files(scorer: Scorer, files: tuple[Upload, ...], as_of: date, explain: bool, firms: int) -> UploadResponse:
    """Score the firms of the tables that were sent.

    Parameters
    ----------
    scorer
        Of the model in use.
    files
        As of `littlegiants.serving.uploaded_tables.read_upload`.
    as_of, explain
        The date, and whether to fill the reasons.
    firms
        How many firms are taken.

    Raises
    ------
    UploadError, AsOfError, ConfigError, StaleModelError
        If the files are no tables, or the model cannot answer for that date.
    """
    uploaded = read_upload(files, scorer.model.manifest.money.constant_prices, Bounds(firms=firms))
    scores = scorer.score_arrays(uploaded.tables, as_of, explain=explain)
    found = {score.firm_id: score for score in scored(scores)}
    why = ScoreError(NOT_AT_RISK, not_at_risk(as_of, scorer.model.manifest.label.require_round))
    results = [found.get(firm_id) or Refused(firm_id, why) for firm_id in uploaded.tables.firm_ids.tolist()]
    violations = [
        Violation(*row) for row in uploaded.violations[list(Violation.__struct_fields__)].itertuples(index=False)
    ]
    sums = [Sums(table.table, table.read, table.used, table.quarantined) for table in uploaded.sums]
    return UploadResponse(scorer.model.version, as_of.isoformat(), results, violations, sums, list(uploaded.notes))
