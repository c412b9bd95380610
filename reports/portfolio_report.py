"""A scored portfolio as one self-contained HTML page: no script, and no font or picture from anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.files.frames import check_suffix
from littlegiants.ingest.tables.contract import ENDING_TABLES
from littlegiants.ingest.tables.quarantine import CODES
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.manifest import Manifest
from littlegiants.models.outcomes import outcome_named
from littlegiants.models.scoring.model import Model, Scores
from littlegiants.models.scoring.reasons import POINTS_TO_DOUBLE
from littlegiants.models.scoring.score_columns import REASON_COLUMNS
from littlegiants.models.staleness import age
from littlegiants.reports import evidence, wording
from littlegiants.reports.figures import distribution_figure, reliability_figure, to_svg
from littlegiants.reports.firm_reasons import firm_reasons
from littlegiants.reports.html import COLOURS, SUFFIXES, environment
from littlegiants.reports.metric_names import success
from littlegiants.reports.portfolio import given, histogram, outlook, ranked, ranking, withheld, withheld_counts

SHOWN = 50
_DRIVERS = 12


@dataclass(frozen=True, slots=True)
class Driver:
    """One signal's share of the model's gain, and its length beside the strongest one's."""

    name: str
    signal: str
    share: float
    length: float


def write_report(
    path: Path,
    scores: pd.DataFrame | Scores,
    model: Model,
    tables: Tables,
    names: Mapping[str, str],
    portfolio: str,
    allow_stale: str = "",
) -> None:
    """Write a report on a scored portfolio as one self-contained HTML file.

    Parameters
    ----------
    path
        Ends in ``.html`` or ``.htm``. An existing file is replaced, whole or not at all.
    scores
        What `littlegiants.serving.scorer.Scorer.score` or `score_arrays` returned; one as-of date. A frame holds reason
        codes only: the reasons of the firms shown are then computed anew.
    model
        The model that gave the scores.
    tables
        The tables that were scored.
    names
        The firms' names by ``firm_id``; a firm without one is shown by its id.
    portfolio
        The heading of the page.
    allow_stale
        The reason to use an expired model; the page shows it.

    Raises
    ------
    ConfigError
        If the file cannot be written, or the scores are of several dates or of another model.

    Notes
    -----
    The page does not contain the day of its making: equal input gives equal bytes.
    """
    check_suffix(path, SUFFIXES)
    arrays = _with_reasons(scores, model, tables) if isinstance(scores, pd.DataFrame) else scores
    page = _page(arrays, model, tables, names, portfolio, allow_stale)
    with replacing(path) as file:
        file.write(page.encode())


def _page(
    scores: Scores,
    model: Model,
    tables: Tables,
    names: Mapping[str, str],
    portfolio: str,
    allow_stale: str,
) -> str:
    manifest = model.manifest
    market = given(scores)
    as_of = _as_of(scores, model)
    return (
        environment("littlegiants.reports")
        .get_template("report.html.j2")
        .render(
            title=wording.visible(portfolio) or "Portfolio",
            as_of=as_of,
            looks_back=as_of is not None and as_of < manifest.dates.known_by,
            age=None if as_of is None else age(manifest, as_of),
            allow_stale=wording.visible(allow_stale),
            success=success(manifest.label),
            nouns=outcome_named(manifest.label.outcome).nouns,
            outlook=outlook(market),
            points_to_double=round(POINTS_TO_DOUBLE),
            firms=ranked(scores, names, SHOWN),
            withheld=withheld(scores, names, SHOWN),
            withheld_counts=withheld_counts(scores),
            withheld_firms=int(scores["abstained"].sum()),
            distribution=to_svg(distribution_figure(*histogram(market), manifest.base_rate), "distribution", COLOURS),
            manifest=manifest,
            version=model.version,
            digest=manifest.own_digest(),
            tables=tables,
            tables_digest=tables.digest(),
            absent=[name for name, rows in tables.events.items() if rows is None],
            unused=[
                name for name in tables.observed if name not in manifest.observed_tables and name not in ENDING_TABLES
            ],
            codes=CODES,
            **_evidence(manifest),
        )
    )


def _with_reasons(frame: pd.DataFrame, model: Model, tables: Tables) -> Scores:
    """Return the arrays of a score frame, with reasons for the firms that the page shows if the frame has any."""
    scores: Scores = {str(name): frame[name].to_numpy() for name in frame}
    as_of, shown = _as_of(scores, model), ranking(scores, SHOWN)
    ids, codes = scores["firm_id"], [scores[name] for name in REASON_COLUMNS]
    explained = [row for row in shown if any(column[row] for column in codes)]
    found = {} if as_of is None else firm_reasons(model, tables, as_of, [ids[row] for row in explained])
    scores |= {name: np.full(len(frame), None, object) for name in REASON_COLUMNS}
    for row in explained:
        for name, reason in zip(REASON_COLUMNS, found.get(ids[row], ()), strict=False):
            scores[name][row] = reason
    return scores


def drivers(gain: Mapping[str, float]) -> list[Driver]:
    """Return the strongest signals; signals without any gain are left out."""
    strongest = [pair for pair in sorted(gain.items(), key=lambda pair: (-pair[1], pair[0])) if pair[1] > 0][:_DRIVERS]
    return [Driver(name, wording.feature_title(name), share, share / strongest[0][1]) for name, share in strongest]


def _evidence(manifest: Manifest) -> dict[str, object]:
    bins = manifest.reliability
    intervals = [evidence.wilson(b.observed, b.firms) for b in bins]
    strongest = drivers(manifest.gain)
    return {
        "reliability": to_svg(reliability_figure(bins, intervals), "reliability", COLOURS) if bins else "",
        "bins": [(b, *interval) for b, interval in zip(bins, intervals, strict=True)],
        "observed_rate": evidence.observed_rate(bins),
        "baselines": evidence.baseline_names(manifest),
        "metrics": list(evidence.metric_rows(manifest)),
        "best": list(evidence.best_rows(manifest)),
        "drivers": strongest,
        "other_drivers": sum(share > 0 for share in manifest.gain.values()) - len(strongest),
        "other_share": max(sum(manifest.gain.values()) - sum(driver.share for driver in strongest), 0.0),
    }


def _as_of(scores: Scores, model: Model) -> date | None:
    """Return the as-of date of the scores; None without scores."""
    versions, dates = (sorted(set(scores[column])) for column in ("model_version", "as_of_date"))
    if versions and versions != [model.version]:
        other = next(version for version in versions if version != model.version)
        raise ConfigError(f"the scores are of model {other}, the report of {model.version}; give the model that scored")
    if len(dates) > 1:
        raise ConfigError(f"the scores are as of {len(dates)} dates, {dates[0]} to {dates[-1]}; report one at a time")
    return date.fromisoformat(dates[0]) if dates else None
