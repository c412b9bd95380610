"""What each picture shows, in one or two plain sentences, put together from the numbers and from nothing else."""

from littlegiants.models.manifest import Figure
from littlegiants.models.scoring.reasons import POINTS_TO_DOUBLE
from littlegiants.reports.metric_names import MEANINGS
from littlegiants.reports.wording import day, listed, number, percent, visible
from littlegiants.training.backtest.abstention import RiskPoint
from littlegiants.training.backtest.findings import Backtest
from littlegiants.training.backtest.portfolio import Portfolio
from littlegiants.training.backtest.slices import Slice

_HALF = 0.5
# Share of intervals at 95 % that lie wholly below the truth by chance.
_ONE_TAIL = 0.025
_LEAST_CHANCE = 1e-12
_GRAVE = ("serious", "caution")


def span(figure: Figure, digits: int = 3) -> str:
    """Return a number with its interval.

    Examples
    --------
    >>> span(Figure(value=0.7812, low=0.7603, high=0.8011))
    '0.781 (0.760 to 0.801)'
    """
    return f"{number(figure.value, digits)} ({number(figure.low, digits)} to {number(figure.high, digits)})"


def percents(figure: Figure, digits: int = 1) -> str:
    """Return a share with its interval, as percentages."""
    return f"{percent(figure.value, digits)} ({percent(figure.low, digits)} to {percent(figure.high, digits)})"


def chance(probability: float) -> str:
    """Return a probability of luck; none is ever nil.

    Examples
    --------
    >>> chance(0.0), chance(0.0312)
    ('<0.01%', '3.12%')
    """
    return percent(max(probability, _LEAST_CHANCE), 2)


def verdict(found: Backtest) -> str:
    """Say whether the model earns its place: whether it beats every baseline beyond doubt."""
    unbeaten = [baseline for baseline in found.pooled.baselines if not baseline.beaten]
    names = listed([baseline.name for baseline in found.pooled.baselines])
    if not unbeaten:
        return f"It beats {names}, in every judged metric with an interval clear of zero."
    where = []
    for baseline in unbeaten:
        metrics = [MEANINGS[metric][0] for metric, beats in baseline.beats.items() if not beats]
        where.append(f"{baseline.name} ({listed(metrics)})")
    return f"It is not shown to beat {listed(where)}: an interval of the difference reaches zero or lies beyond it."


def ranking(found: Backtest) -> str:
    """Say what the AUC means."""
    measured = found.pooled.measured
    return (
        f"Of a firm that succeeded and one of the same date that did not, the model ranked the former higher in "
        f"{percents(measured.metrics['auc'])} of all pairs, where chance gives 50%."
    )


def reliability(found: Backtest) -> str:
    """Say whether probabilities come true."""
    bins, metrics = found.pooled.intervals.bins, found.pooled.measured.metrics
    within = sum(b.observed_low <= b.predicted <= b.observed_high for b in bins)
    slope = metrics["calibration_slope"]
    bold = "too bold" if slope.high < 1 else "too timid" if slope.low > 1 else "neither too bold nor too timid"
    return (
        f"In {within} of {len(bins)} groups the predicted probability lies within the interval of the share that "
        f"succeeded; the gap between the two is {percents(metrics['ece'])} on average. With a slope of "
        f"{span(slope, 2)} the probabilities are {bold}."
    )


def gain(found: Backtest) -> str:
    """Say how many of the successes stand at the top of the ranking."""
    metrics = found.pooled.measured.metrics
    return (
        f"The 5% of the firms ranked highest hold {percents(metrics['capture_at_5%'])} of all successes, and the best "
        f"10% succeed {span(metrics['lift_at_10%'], 1)} times as often as all firms."
    )


def over_time(found: Backtest) -> str:
    """Say whether the skill lasts."""
    by_day = {origin.as_of: origin.judged.measured.metrics["auc"].value for origin in found.origins}
    least, most = min(by_day, key=lambda d: by_day[d]), max(by_day, key=lambda d: by_day[d])
    beaten = sum(all(baseline.beats["auc"] for baseline in origin.judged.baselines) for origin in found.origins)
    alone = f"At {beaten} of {len(by_day)} origins the model’s AUC beats that of every baseline beyond doubt."
    if len(by_day) == 1:
        return f"There is one origin only, so nothing can be said of time. {alone}"
    return (
        f"The AUC was lowest on {day(least)}, {number(by_day[least], 3)}, and highest on {day(most)}, "
        f"{number(by_day[most], 3)}. {alone}"
    )


def drivers(found: Backtest) -> str:
    """Say which families of signals move the scores."""
    families = found.stability.families
    strongest = [name for name in sorted(families, key=lambda name: -families[name]) if families[name] > 0][:3]
    moved = listed([f"{name} ({number(families[name], 0)} points)" for name in strongest])
    return (
        f"The scores are moved most by {moved} on average, up or down; {POINTS_TO_DOUBLE:.0f} points double the odds."
    )


def reasons(found: Backtest) -> str:
    """Say which reasons are not to be relied on."""
    shown = [reason for reason in found.stability.reasons if reason.shown]
    unstable = len(found.stability.unstable)
    if not unstable:
        return f"All of the {len(shown)} signals shown as a reason are confirmed by other fits, or too rare to judge."
    return (
        f"{unstable} of the {len(shown)} signals shown as a reason {'is' if unstable == 1 else 'are'} not confirmed by "
        f"other fits of the same data: what they say is more about the fit than about the firm."
    )


def unproven(found: Backtest) -> list[str]:
    """Return the families of signals that show nothing: unused by the model, or without one stable reason."""
    names = []
    for family, moved in found.stability.families.items():
        shown = [reason for reason in found.stability.reasons if reason.family == family and reason.shown]
        if moved == 0 or (shown and all(reason.unstable for reason in shown)):
            names.append(family)
    return names


def measured_slices(found: Backtest) -> list[Slice]:
    """Return the parts of the firms that are large enough to have figures."""
    return [part for part in found.pooled.slices if not part.note]


def below(found: Backtest) -> list[Slice]:
    """Return the parts whose AUC lies below that of all firms with its whole interval, the weakest first."""
    overall = found.pooled.measured.metrics["auc"].value
    weak = [part for part in measured_slices(found) if part.metrics["auc"].high < overall]
    return sorted(weak, key=lambda part: part.metrics["auc"].value)


def slices(found: Backtest) -> str:
    """Say where the model fails."""
    large = measured_slices(found)
    small = len(found.pooled.slices) - len(large)
    few = f"{small:,} of {small + len(large):,} parts are too small to measure: nothing is known of how it does there."
    if not large:
        return few
    weak = below(found)
    overall = number(found.pooled.measured.metrics["auc"].value, 3)
    if weak:
        named = [f"“{visible(part.name)}” by {part.by}, {span(part.metrics['auc'])}" for part in weak]
        text = (
            f"The ranking is weaker than that of all firms ({overall}) in these parts: {'; '.join(named)}. Of "
            f"{len(large)} parts looked at, {number(_ONE_TAIL * len(large), 1)} may look so by chance."
        )
    else:
        worst = min(large, key=lambda part: part.metrics["auc"].value)
        text = (
            f"No part’s AUC lies below that of all firms ({overall}) with its whole interval; the lowest is that of "
            f"“{visible(worst.name)}” by {worst.by}, {span(worst.metrics['auc'])}."
        )
    return f"{text} {few}" if small else text


def honesty(found: Backtest) -> str:
    """Say what a flattering study of the same firms would have claimed."""
    twin = found.origins[-1].twin
    flattery = twin.flattery["auc"]
    clear = "clear of zero" if flattery.low > 0 or flattery.high < 0 else "not clear of zero"
    return (
        f"On the same firms of {day(twin.as_of)}, a random split with signals as of {day(twin.crawled)} gives an AUC "
        f"of {span(twin.leaky['auc'])}, where the honest one is {span(twin.honest['auc'])}; the difference, "
        f"{span(flattery)}, is {clear}. Fitted on shuffled labels, the honest recipe reaches "
        f"{number(twin.shuffled_auc.value, 3)}, where 0.5 is nothing."
    )


def portfolio(held: Portfolio, origins: int) -> str:
    """Say what picking would have given, and whether luck explains it."""
    against = [baseline for baseline in held.baselines if baseline.advantage <= 0]
    rest = f" As many or more would have held: {listed([baseline.name for baseline in against])}." if against else ""
    times = "once" if origins == 1 else f"at {_all(origins)}"
    # A firm picked at two origins whose windows overlap has one success, and it is counted twice.
    again = "" if origins == 1 else ", or somewhat more, since a firm picked at several dates counts at each"
    return (
        f"Picking the best {held.size} {times} would have held {held.hits} successes among {held.picked} firms "
        f"({percent(held.rate)}), where blind picks hold {number(held.expected, 1)} on average "
        f"({percent(held.base_rate)}); the chance that luck alone gives as many is {chance(held.luck)}{again}.{rest}"
    )


def intervals(found: Backtest) -> str:
    """Say whether the intervals hold."""
    quality = found.pooled.intervals
    holds = sum(b.holds for b in quality.bins)
    text = (
        f"In {holds} of {len(quality.bins)} groups the interval given overlaps with that of the share that succeeded, "
        f"for {percent(quality.inside)} of the firms it holds the share itself; its mean width is "
        f"{number(100 * quality.width, 1)} percentage points. By Venn–Abers, which needs no groups, the probabilities "
        f"are {number(100 * quality.gap, 1)} percentage points off on average."
    )
    if quality.truth_coverage is None or quality.truth_error is None:
        return text
    return (
        f"{text} The economy is simulated, so each firm’s true probability is known: the model’s is "
        f"{number(100 * quality.truth_error, 1)} percentage points from it on average, and the interval, which is "
        f"about what signals can tell, holds it for {percent(quality.truth_coverage)} of the firms."
    )


def abstention(found: Backtest) -> str:
    """Say whether narrow intervals are the better ones."""
    points = [point for point in found.pooled.abstention.by_width if point.skill is not None]
    half = min(points, key=lambda point: abs(point.coverage - _HALF), default=None)
    if half is None:
        return "All outcomes are the same, so no skill can be measured."
    better = "better" if _skill(half) > _skill(points[-1]) else "no better"
    return (
        f"Among the {percent(half.coverage, 0)} of the firms with the narrowest intervals the skill is "
        f"{percent(_skill(half))}, among all {percent(_skill(points[-1]))}: a narrow interval marks "
        f"{better} predictions."
    )


def _skill(point: RiskPoint) -> float:
    return 0.0 if point.skill is None else point.skill


def survivors(found: Backtest) -> str:
    """Say whether the dead are among the measured."""
    verdicts = [origin.cohort.verdict for origin in found.origins]
    if all(found_ == "fine" for found_ in verdicts):
        return f"Firms that closed are among those measured, at {_all(len(verdicts))} no fewer than chance would leave."
    counts = {word: verdicts.count(word) for word in dict.fromkeys(verdicts)}
    named = listed([f"{word} at {count} of {len(verdicts)} origins" for word, count in counts.items()])
    return f"Whether those who died are among the measured: {named}."


def _all(origins: int) -> str:
    return "the one origin" if origins == 1 else f"each of {origins} origins"


def back_filled(found: Backtest) -> str:
    """Say how far the past itself was rewritten."""
    if not found.back_fill:
        return "How far rows were filled in later was not looked at."
    grave = [part for part in found.back_fill if part.severity in _GRAVE]
    if not grave:
        return f"None of {len(found.back_fill)} questions about rows known late or rewritten raises a caution."
    worst = max(grave, key=lambda part: (part.severity == "serious", part.share))
    return (
        f"{len(grave)} of {len(found.back_fill)} questions about rows known late or rewritten raise a caution; the "
        f"gravest: {worst.table}, {worst.title}, {percent(worst.share)} of {worst.of:,} rows."
    )
