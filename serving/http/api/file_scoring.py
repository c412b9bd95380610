"""Tables sent as files to ``POST /v1/score``: `giants score` reads and scores a folder in the same way."""

from datetime import date
from typing import Any

import msgspec

from littlegiants.features.asof.cohort import not_at_risk
from littlegiants.ingest.excerpts import shortened
from littlegiants.ingest.records.validation import Violation
from littlegiants.models.scoring.record_scorer import NOT_AT_RISK, code_counts, first_violations, scored
from littlegiants.serving.http.api.score_requests import Refused, ScoreError
from littlegiants.serving.lacking_columns import ColumnUse, lacking_columns
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
    """One result a firm, ascending by its id; the first quarantined rows, and the account of all of them.

    ``quarantined_counts`` says how many violations there are of each code, ``quarantined`` has the first 100.
    """

    model_version: str
    outcome: str
    timespan: str
    as_of_date: str
    results: list[Any]
    quarantined_counts: dict[str, int]
    quarantined: tuple[Violation, ...]
    rows: list[Sums]
    notes: list[str]


def score_files(
    scorer: Scorer, files: tuple[Upload, ...], as_of: date, explain: bool, firms: int, ignored: tuple[str, ...] = ()
) -> UploadResponse:
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
    ignored
        Columns that resemble one of the contract and are none.

    Raises
    ------
    UploadError, AsOfError, ConfigError, StaleModelError
        If the files are no tables, or the model cannot answer for that date.
    """
    uploaded = read_upload(files, scorer.model.manifest.money.constant_prices, Bounds(firms=firms), ignored)
    scores = scorer.score_arrays(uploaded.tables, as_of, explain=explain)
    lacking = lacking_columns(scorer.model.manifest, ColumnUse.of(uploaded.tables, scores["firm_id"]))
    found = {score.firm_id: score for score in scored(scores)}
    why = ScoreError(NOT_AT_RISK, not_at_risk(as_of, scorer.model.manifest.label.require_round))
    results = [found.get(firm_id) or Refused(firm_id, why) for firm_id in uploaded.tables.firm_ids.tolist()]
    sums = [Sums(table.table, table.read, table.used, table.quarantined) for table in uploaded.sums]
    label = scorer.model.manifest.label
    return UploadResponse(
        scorer.model.version,
        label.outcome,
        label.timespan,
        as_of.isoformat(),
        results,
        code_counts(uploaded.violations["code"]),
        first_violations(uploaded.violations),
        sums,
        shortened([*lacking, *uploaded.notes]),
    )
