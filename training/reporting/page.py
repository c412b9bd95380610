"""A backtest as one HTML page for a partner of a fund: pictures first, no script, nothing fetched from anywhere."""

from collections.abc import Sequence
from datetime import date

from littlegiants.ingest.tables.quarantine import CODES, Reconciliation
from littlegiants.models.manifest import Figure, Reliability
from littlegiants.reports.figures import reliability_figure, to_svg
from littlegiants.reports.html import COLOURS, environment
from littlegiants.reports.metric_names import MEANINGS, success
from littlegiants.reports.wording import visible
from littlegiants.training.backtest.findings import Backtest, Judged
from littlegiants.training.backtest.measures import CAPTURE, DEPTHS
from littlegiants.training.backtest.stability import LEAST_SHOWN
from littlegiants.training.reporting import pictures, sentences

OWN = "this model"
_SHOWN_REASONS = 20
_ROOM = 0.02


def evaluation_page(found: Backtest, title: str, reconciliations: Sequence[Reconciliation] = ()) -> str:
    """Return a backtest as one self-contained HTML page.

    Parameters
    ----------
    found
        What `littlegiants.training.backtest.backtest` returned.
    title
        What the page is headed with, such as the folder's name.
    reconciliations
        Rows read, used and quarantined of each table.

    Notes
    -----
    The page says nothing of the day it was made: equal input gives equal text.
    """
    environ = environment("littlegiants.training.reporting")
    environ.filters |= {"span": sentences.span, "percents": sentences.percents, "chance": sentences.chance}
    shown = [reason for reason in found.stability.reasons if reason.shown]
    return environ.get_template("evaluation.html.j2").render(
        title=visible(title) or "Evaluation",
        found=found,
        pooled=found.pooled,
        metrics=found.pooled.measured.metrics,
        success=success(found.label),
        say=_sentences(found),
        picture=_pictures(found),
        gain=gain_points(found.pooled),
        meanings=MEANINGS,
        depths=list(DEPTHS),
        capture=CAPTURE,
        own=OWN,
        families=sorted(found.stability.families.items(), key=lambda pair: -pair[1]),
        reasons=shown[:_SHOWN_REASONS],
        least_shown=LEAST_SHOWN,
        more_reasons=len(shown) - len(shown[:_SHOWN_REASONS]),
        slices=_by_way(found.pooled),
        scale=scale(found),
        portfolios=[(held, sentences.portfolio(held, len(found.origins))) for held in found.portfolios],
        reconciliations=reconciliations,
        codes=CODES,
    )


def gain_points(judged: Judged) -> list[tuple[float, float]]:
    """Return the share of firms and of successes from the best bin of the score on, all dates taken as one."""
    bins, successes = judged.measured.reliability, judged.measured.successes
    points, firms, held = [], 0, 0.0
    for part in reversed(bins):
        firms, held = firms + part.firms, held + part.firms * part.observed
        points.append((firms / judged.measured.rows, min(held / successes, 1.0)))
    return points


def scale(found: Backtest) -> tuple[float, float]:
    """Return ends that hold the interval of every part's AUC, for the bars in the table of parts."""
    known = [part.metrics["auc"] for part in sentences.measured_slices(found)]
    known.append(found.pooled.measured.metrics["auc"])
    return max(min(f.low for f in known) - _ROOM, 0.0), min(max(f.high for f in known) + _ROOM, 1.0)


def _sentences(found: Backtest) -> dict[str, str]:
    makers = (
        sentences.verdict,
        sentences.ranking,
        sentences.reliability,
        sentences.gain,
        sentences.over_time,
        sentences.drivers,
        sentences.reasons,
        sentences.slices,
        sentences.honesty,
        sentences.intervals,
        sentences.abstention,
        sentences.survivors,
        sentences.back_filled,
    )
    return {maker.__name__: maker(found) for maker in makers}


def _pictures(found: Backtest) -> dict[str, str]:
    bins = found.pooled.intervals.bins
    points = [Reliability(predicted=b.predicted, observed=b.observed, firms=b.rows) for b in bins]
    ends = [(b.observed_low, b.observed_high) for b in bins]
    best = found.pooled.measured.successes / found.pooled.measured.rows
    drawn = {
        "reliability": reliability_figure(points, ends, pictures.WIDTH),
        "gain": pictures.gain_curve(gain_points(found.pooled), best),
        "auc": pictures.over_time(contenders(found, "auc"), "AUC"),
        "precision": pictures.over_time(contenders(found, "precision_at_5%"), "share of the best 5% that succeeded"),
        "intervals": pictures.interval_bins(bins),
        "risk": pictures.risk_coverage(found.pooled.abstention.by_width),
    }
    return {name: to_svg(canvas, name, COLOURS) for name, canvas in drawn.items()}


def contenders(found: Backtest, metric: str) -> dict[str, dict[date, Figure]]:
    """Return a metric by contender and origin, the model first."""
    series = {OWN: {origin.as_of: origin.judged.measured.metrics[metric] for origin in found.origins}}
    for baseline in found.pooled.baselines:
        series[baseline.name] = {
            origin.as_of: other.metrics[metric]
            for origin in found.origins
            for other in origin.judged.baselines
            if other.name == baseline.name
        }
    return series


def _by_way(judged: Judged) -> dict[str, list[object]]:
    ways: dict[str, list[object]] = {}
    for part in judged.slices:
        ways.setdefault(part.by, []).append(part)
    return ways
