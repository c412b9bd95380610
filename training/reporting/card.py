"""A backtest as a model card (Mitchell et al. 2019): no number in it is written by hand."""

import json
from collections.abc import Sequence
from importlib.metadata import version

from littlegiants.ingest.tables.contract import SIGNAL_TABLES
from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.reports.metric_names import MEANINGS, success
from littlegiants.reports.wording import day, feature_title, listed, percent
from littlegiants.training.backtest.findings import Backtest
from littlegiants.training.backtest.measures import CAPTURE, DEPTHS
from littlegiants.training.reporting import sentences
from littlegiants.training.reporting.markdown import plain, plain_sentence, table
from littlegiants.training.reporting.sentences import percents, span

_LIBRARIES = ("littlegiants", "lightgbm", "numpy", "pandas", "scikit-learn", "venn-abers")


def model_card(found: Backtest, title: str, reconciliations: Sequence[Reconciliation] = (), command: str = "") -> str:
    """Return the model card, in Markdown.

    Parameters
    ----------
    found
        What `littlegiants.training.backtest.backtest` returned.
    title
        What the data are called, such as the folder's name.
    reconciliations
        Rows read, used and quarantined of each table.
    command
        What was typed to measure it, to be typed again.

    References
    ----------
    Mitchell, M. et al. (2019). Model cards for model reporting. FAT* 2019.
    """
    parts = [
        [f"# Model card: {plain(title) or 'littlegiants'}"],
        _details(found),
        _use(found),
        _factors(found),
        _metrics(found),
        _evaluation_data(found, title, reconciliations),
        _training_data(found),
        _analyses(found),
        _ethics(found),
        _caveats(found),
        _again(found, command),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _details(found: Backtest) -> list[str]:
    libraries = listed([f"{name} {version(name)}" for name in _LIBRARIES])
    origins = "1 origin" if len(found.origins) == 1 else f"{len(found.origins)} origins"
    made = (
        "Gradient-boosted trees (LightGBM), calibrated on a later date than they were fitted on; each probability has "
        f"an 80 % interval for this firm, or is withheld with a reason. The same recipe was trained at {origins}, "
        f"{day(found.origins[0].as_of)} to {day(found.origins[-1].as_of)}; these figures are the recipe’s. "
        f"Made with {libraries}."
    )
    only = "; firms with at least one round only" if found.label.require_round else ""
    predicts = f"It predicts whether a firm succeeds within {found.label.timespan}: {success(found.label)}{only}."
    return ["## Model details", "", made, "", predicts]


def _use(found: Backtest) -> list[str]:
    kinds = [part.name for part in sentences.measured_slices(found) if part.by == "country"]
    where = f", of {listed([plain(name) for name in kinds])}" if kinds else ""
    horizon = found.label.timespan
    primary = (
        "- **Primary use:** to rank small innovative firms by their chance of success within "
        f"{horizon}, and to say that chance: firms like those measured here{where}."
    )
    outside = (
        f"- **Out of scope:** credit, employment or any decision about a person; another horizon than {horizon}; "
        "another outcome; the size of a return, since only whether and not how much was learned; firms of the parts "
        "that were too small to measure; causes, since a reason says what the model reacted to."
    )
    users = "- **Primary users:** investors who decide for themselves, and read the interval and the reasons too."
    return ["## Intended use", "", primary, users, outside]


def _factors(found: Backtest) -> list[str]:
    ways = list(dict.fromkeys(part.by for part in found.pooled.slices))
    large, all_ = len(sentences.measured_slices(found)), len(found.pooled.slices)
    return [
        "## Factors",
        "",
        (
            f"Measured apart by {listed(ways)}: {all_:,} parts, of which {large:,} are large enough, at least "
            f"{found.settings.slice_firms:,} rows with {found.settings.slice_class:,} successes and as many failures."
        ),
    ]


def _metrics(found: Backtest) -> list[str]:
    resamples = found.config["bootstrap"]
    metrics, baselines = found.pooled.measured.metrics, found.pooled.baselines
    rows = []
    for key, (name, _, better) in MEANINGS.items():
        if key in metrics:
            theirs = [span(baseline.metrics[key]) if key in baseline.metrics else "–" for baseline in baselines]
            rows.append([f"{name} ({better})", f"**{span(metrics[key])}**", *theirs])
    for depth in DEPTHS:
        key = f"precision_at_{depth}"
        theirs = [percents(baseline.metrics[key]) for baseline in baselines]
        rows.append([f"Successes among the best {depth}", f"**{percents(metrics[key])}**", *theirs])
    captured = [percents(baseline.metrics[CAPTURE]) for baseline in baselines]
    rows.append(["Share of all successes in the best 5%", f"**{percents(metrics[CAPTURE])}**", *captured])
    return [
        "## Metrics",
        "",
        (
            f"Over all origins, with 95% intervals from {resamples:,} resamples of firms with all their rows. "
            f"{sentences.verdict(found)}"
        ),
        "",
        *table(["metric", "this model", *(baseline.name for baseline in baselines)], rows),
        "",
        f"{sentences.ranking(found)} {sentences.reliability(found)}",
    ]


def _evaluation_data(found: Backtest, title: str, reconciliations: Sequence[Reconciliation]) -> list[str]:
    simulated = found.pooled.intervals.truth_error is not None
    origins = [
        [
            str(origin.as_of),
            str(origin.window_end),
            f"{origin.judged.measured.rows:,}",
            f"{origin.judged.measured.successes:,}",
            span(origin.judged.measured.metrics["auc"]),
            origin.cohort.verdict,
        ]
        for origin in found.origins
    ]
    lines = [
        "## Evaluation data",
        "",
        f"{plain(title)}: all that was known by {day(found.known_by)}; digest `{found.data_digest}`."
        + (" **The economy is simulated: nothing here speaks of real firms.**" if simulated else ""),
        "",
        *table(["as of", "window ends", "firms", "successes", "AUC", "cohort"], origins),
        "",
        *(f"No model at {skipped.as_of}: {plain(skipped.reason)}" for skipped in found.skipped),
        f"{sentences.survivors(found)} {sentences.back_filled(found)}",
    ]
    rows = [[r.table, f"{r.read:,}", f"{r.used:,}", f"{r.quarantined:,}"] for r in reconciliations]
    return [*lines, "", *table(["table", "rows read", "used", "quarantined"], rows)] if rows else lines


def _training_data(found: Backtest) -> list[str]:
    rows = [
        [
            str(origin.as_of),
            ", ".join(map(str, origin.fit)),
            str(origin.calibrate),
            f"{origin.fitted_rows:,}",
            percent(origin.fitted_rate),
        ]
        for origin in found.origins
    ]
    return [
        "## Training data",
        "",
        "The same tables, as known on each origin; no label that was not yet known then.",
        "",
        *table(["origin", "fitted as of", "calibrated as of", "rows", "successes"], rows),
    ]


def _analyses(found: Backtest) -> list[str]:
    rows = [
        [
            part.by,
            plain(part.name),
            f"{part.rows:,}",
            f"{part.successes:,}",
            "too few" if part.note else span(part.metrics["auc"]),
            "too few" if part.note else percents(part.metrics["ece"]),
        ]
        for part in found.pooled.slices
    ]
    return [
        "## Quantitative analyses",
        "",
        plain_sentence(sentences.slices(found)),
        "",
        *table(["by", "part", "rows", "successes", "AUC", "calibration error"], rows),
        "",
        "Parts are not crossed with each other: such parts would be smaller still.",
        "",
        *(f"- {sentences.portfolio(held, len(found.origins))}" for held in found.portfolios),
        f"- {sentences.over_time(found)}",
        f"- {sentences.honesty(found)}",
        f"- {sentences.intervals(found)}",
        f"- {sentences.abstention(found)}",
    ]


def _ethics(found: Backtest) -> list[str]:
    weak = [f"{plain(part.name)} ({part.by})" for part in sentences.below(found)]
    written = (
        f"It ranks worse among {listed(weak)}: a decision that relies on it there is a worse one."
        if weak
        else "No part that could be measured is ranked beyond doubt worse than all firms."
    )
    text = (
        f"Firms, not people, are scored; founders bear the outcome all the same. {written} A model that learned whom "
        "investors backed repeats whom they passed over: success is what the market did, not what it should have done."
    )
    return ["## Ethical considerations", "", text]


def _caveats(found: Backtest) -> list[str]:
    newest = found.origins[-1]
    absent = [name for name in SIGNAL_TABLES if name not in newest.observed_tables]
    constant, unstable = newest.constant_features, found.stability.unstable
    withheld = (
        f"{newest.withheld:,} of {newest.judged.measured.rows:,} firms at {newest.as_of} would have got no "
        "probability; they are in the figures all the same."
    )
    written = {
        "Not observed": f"{listed(absent) or 'nothing, every table of signals is there'}.",
        "Constant or never observed signals": f"{_feature_names(constant) or 'none'}.",
        "Unproven families": f"{listed(sentences.unproven(found)) or 'none'} (unused, or without one stable reason).",
        "Unstable reasons": f"{_feature_names(unstable) or 'none'}. {sentences.reasons(found)}",
        "Survivors": sentences.survivors(found),
        "Back-filling": sentences.back_filled(found),
        "Withheld": withheld,
        "Age": f"the newest window ended on {day(newest.window_end)}. What changed since is not in here.",
    }
    return ["## Caveats and recommendations", "", *(f"- **{name}:** {text}" for name, text in written.items())]


def _again(found: Backtest, command: str) -> list[str]:
    both = {"training": found.config, "backtest": found.settings.model_dump(mode="json")}
    typed = ["```sh", command, "```", ""] if command else []
    settings = ["Settings of the training and of the backtest:", "", "```json", json.dumps(both, indent=1), "```"]
    return ["## How to reproduce", "", *typed, *settings]


def _feature_names(names: Sequence[str]) -> str:
    return listed([f"{feature_title(name)} (`{name}`)" for name in names])
