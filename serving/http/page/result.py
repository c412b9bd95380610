"""A scored portfolio as a page, made from the same numbers as the report, in a thread beside the event loop."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from littlegiants.ingest.excerpts import RECORDS, excerpt, shortened
from littlegiants.ingest.files.frames import to_csv
from littlegiants.ingest.tables.contract import ENDING_TABLES
from littlegiants.ingest.tables.quarantine import CODES
from littlegiants.models.manifest import Manifest
from littlegiants.models.outcomes import outcome_named
from littlegiants.models.scoring.model import Scores
from littlegiants.models.scoring.reasons import POINTS_TO_DOUBLE
from littlegiants.models.scoring.record_scorer import code_counts
from littlegiants.reports import evidence
from littlegiants.reports.metric_names import success
from littlegiants.reports.portfolio import Firm, given, histogram, outlook, ranked, ranking, withheld, withheld_counts
from littlegiants.reports.wording import Reason, visible
from littlegiants.serving.http.page.assets import page
from littlegiants.serving.http.page.drivers import drivers
from littlegiants.serving.http.page.history import History, histories
from littlegiants.serving.http.page.what_if import Change, changes
from littlegiants.serving.lacking_columns import ColumnUse, lacking_columns
from littlegiants.serving.scorer import Scorer, score_frame
from littlegiants.serving.uploaded_tables import UploadedTables

# The page ranks `RANKED` firms. For the first `LOOKED_INTO` it shows details, which cost a history
# and a score for each event.
RANKED, LOOKED_INTO = 500, 50
QUARANTINED = RECORDS
# Browsers refuse addresses beyond some megabytes, and a file of scores within the page is an address.
_INLINE_BYTES = 1_500_000
# Rejected rows are listed within the page up to here; the command line writes all of them.
_INLINE_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class FirmDetail:
    """One firm looked into: its place in the ranking, what drives it, its history, and what events would change."""

    firm: Firm
    drivers: tuple[Reason, ...]
    history: History
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A quarantined row, as the author of the file finds it."""

    table: str
    row: int
    column: str
    code: str
    meaning: str
    value: str


def scores_file(scorer: Scorer, uploaded: UploadedTables, as_of: date) -> bytes:
    """Return the scores as CSV, the bytes that ``giants score`` writes.

    Parameters
    ----------
    scorer, uploaded, as_of
        As of `result_page`.
    """
    return to_csv(scorer.score(uploaded.tables, as_of))


def result_page(scorer: Scorer, uploaded: UploadedTables, as_of: date, simulated: bool = False) -> str:
    """Return the page on a portfolio.

    Parameters
    ----------
    scorer
        The scorer of the model in use.
    uploaded
        The tables of the portfolio.
    as_of
        The as-of date.
    simulated
        Whether the firms are the simulated ones of the example; the page then says so.

    Raises
    ------
    AsOfError, ConfigError
        As `littlegiants.serving.scorer.Scorer.score`.
    """
    scores = scorer.score_arrays(uploaded.tables, as_of)
    manifest = scorer.model.manifest
    market = given(scores)
    names = uploaded.tables.names()
    firms = ranked(scores, names, RANKED)
    return page(
        "result.html.j2",
        title="Example of simulated firms" if simulated else "Your portfolio",
        simulated=simulated,
        as_of=as_of,
        looks_back=as_of < manifest.dates.known_by,
        success=success(manifest.label),
        nouns=outcome_named(manifest.label.outcome).nouns,
        outlook=outlook(market),
        bars=_bars(*histogram(market)) if len(market) else (),
        points_to_double=round(POINTS_TO_DOUBLE),
        firms=firms,
        details=firm_details(scorer, uploaded, as_of, scores, firms),
        withheld=withheld(scores, names, RANKED),
        withheld_counts=withheld_counts(scores),
        withheld_firms=int(scores["abstained"].sum()),
        not_at_risk=len(uploaded.tables) - len(scores["firm_id"]),
        manifest=manifest,
        version=scorer.model.version,
        sums=uploaded.sums,
        notes=shortened(
            [*lacking_columns(manifest, ColumnUse.of(uploaded.tables, scores["firm_id"])), *uploaded.notes]
        ),
        quarantined_counts=code_counts(uploaded.violations["code"]),
        quarantined=list(quarantined_rows(uploaded)),
        quarantined_count=sum(table.quarantined for table in uploaded.sums),
        quarantined_file=_quarantined_file(uploaded),
        scores_file=address(to_csv(score_frame(scores))),
        absent=[name for name, rows in uploaded.tables.events.items() if rows is None],
        unused=[
            name
            for name in uploaded.tables.observed
            if name not in manifest.observed_tables and name not in ENDING_TABLES
        ],
        codes=CODES,
        **_evidence(manifest),
    )


def firm_details(
    scorer: Scorer, uploaded: UploadedTables, as_of: date, scores: Scores, firms: list[Firm]
) -> list[FirmDetail]:
    """Return the details of the first `LOOKED_INTO` firms of the ranking.

    Parameters
    ----------
    scorer, uploaded, as_of
        As of `result_page`.
    scores
        The scores of the portfolio.
    firms
        Its ranking.
    """
    first = ranking(scores, LOOKED_INTO)
    before = dict(zip(scores["firm_id"][first].tolist(), scores["p_market"][first].tolist(), strict=True))
    known = histories(uploaded.tables, as_of, list(before))
    moved = drivers(scorer, uploaded.tables, as_of, list(before))
    would = changes(scorer, uploaded.frames, as_of, before)
    return [
        FirmDetail(firm, moved[firm_id], known[firm_id], would[firm_id])
        for firm, firm_id in zip(firms, before, strict=False)
    ]


def quarantined_rows(uploaded: UploadedTables) -> Iterator[QuarantinedRow]:
    """Yield the first quarantined rows, numbered as their file shows them: a header in the first row counts."""
    for violation in uploaded.violations.head(QUARANTINED).to_dict("records"):
        row = int(violation["row"]) + (violation["table"] in uploaded.headed)
        meaning = CODES[violation["code"]]
        yield QuarantinedRow(
            violation["table"],
            row,
            visible(excerpt(violation["column"])),
            violation["code"],
            meaning,
            visible(excerpt(violation["value"])),
        )


def address(content: bytes) -> str:
    """Return a CSV file as a data address within the page; empty if the file is too large for one."""
    if len(content) > _INLINE_BYTES:
        return ""
    return f"data:text/csv;charset=utf-8;base64,{base64.b64encode(content).decode()}"


def _quarantined_file(uploaded: UploadedTables) -> str:
    """Return the quarantined rows as a data address; empty if there are none, or too many."""
    content = to_csv(_quarantined_frame(uploaded)) if 0 < len(uploaded.violations) <= _INLINE_ROWS else b""
    return address(content) if content and len(content) <= _INLINE_BYTES // 10 else ""


def _quarantined_frame(uploaded: UploadedTables) -> pd.DataFrame:
    violations = uploaded.violations
    row = violations["row"] + violations["table"].isin(uploaded.headed).astype("int64")
    return violations.assign(row=row, meaning=violations["code"].map(CODES).astype("str"))


def _bars(edges: list[float], firms: list[int]) -> tuple[tuple[float, int, float], ...]:
    """Return the lower edge of each bin, its firms, and their share of the fullest bin's."""
    return tuple((edge, count, count / max(firms)) for edge, count in zip(edges[:-1], firms, strict=True))


def _evidence(manifest: Manifest) -> dict[str, object]:
    return {
        "observed_rate": evidence.observed_rate(manifest.reliability),
        "baselines": evidence.baseline_names(manifest),
        "metrics": list(evidence.metric_rows(manifest)),
    }
