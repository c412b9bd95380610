"""The gate: every check on a challenger, and the decision that follows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Model
from littlegiants.training.config import TrainConfig
from littlegiants.training.promotion import manifest_checks, skill
from littlegiants.training.promotion.candidate import Candidate, read
from littlegiants.training.promotion.decision import Check, Decision, Verdict, found, lifted, not_run
from littlegiants.training.promotion.evaluation_window import EvaluationWindow, Scored, open_window
from littlegiants.training.promotion.latency import latency
from littlegiants.training.promotion.policy import Policy

Progress = Callable[[str], None]
_MEASURED = ("scores", "constant", "baselines", "too_good", "calibration", "interval")
_COMPARED = ("skill", "slices", "latency")


@dataclass(frozen=True, slots=True)
class Gate:
    """Judges challengers against one champion on one window.

    Attributes
    ----------
    champion
        As registered, or None where there is none yet.
    model
        The champion, or None where there is none or it cannot be read.
    scored
        The champion's scores of the window; None where there is no fair comparison with it.
    window
        The window; None where there is none.
    why_not
        Why there is no window, or no champion to compare with, as findings.
    policy
        The thresholds.
    """

    champion: Candidate | None
    model: Model | None
    scored: Scored | None
    window: EvaluationWindow | None
    why_not: tuple[Check, ...]
    policy: Policy

    @classmethod
    def open(
        cls,
        tables: Tables,
        config: TrainConfig,
        champion: Candidate | None = None,
        undated: frozenset[str] = frozenset(),
        policy: Policy | None = None,
        known_by: date | None = None,
        progress: Progress = lambda _: None,
    ) -> "Gate":
        """Prepare everything that does not depend on the challenger.

        Parameters
        ----------
        tables
            All rows.
        config
            The challenger's settings, which are used if there is no champion to take them from.
        champion
            As registered, or None.
        undated
            The firms that never have a label.
        policy
            The thresholds; by default those of the product.
        known_by
            Rows known later are left out; by default the day of the last event.
        progress
            Called with a line of text when a step begins.
        """
        chosen, why_not, model = policy or Policy(), list[Check](), None
        if champion is not None:
            model, checks = read(champion)
            broken = [check.sentence for check in checks if check.verdict is Verdict.REFUSE]
            if model is None or broken:
                why_not.append(found("champion", f"the champion cannot be compared with: {broken[0]}", ""))
                model = None
        settings = config if model is None else manifest_checks.config_of(model) or config
        try:
            progress("the newest complete window and its baselines")
            window = open_window(tables, undated, settings, chosen, known_by)
        except TrainingError as error:
            unmeasured = "a model that nothing was measured on can be scored with by its number only"
            why_not.append(found("window", f"no window to judge on: {error}; {unmeasured}", ""))
            return cls(champion, model, None, None, tuple(why_not), chosen)
        scored = None
        if model is not None:
            unfair = _unfair(model, window)
            if not unfair:
                progress("scores of the champion")
                scored = window.score(model)
                if not scored.replicates:
                    unfair.append(
                        found("champion", "the champion cannot be compared with: its scores are no numbers", "")
                    )
                    scored = None
            why_not += unfair
        return cls(champion, model, scored, window, tuple(why_not), chosen)

    def judge(self, challenger: Candidate, override: str = "", progress: Progress = lambda _: None) -> Decision:
        """Run all checks on a challenger.

        Parameters
        ----------
        challenger
            As registered.
        override
            The operator's reason for lifting what may be lifted (`LIFTABLE`); it goes into the decision.
        progress
            Called with a line of text when a step begins.
        """
        progress("reading the challenger")
        model, checks = read(challenger)
        if model is not None:
            progress("scores of the challenger")
            checks += [*self._manifest_checks(challenger, model), *self._measured(model)]
        checks = [lifted(check, override) for check in checks]
        window = self.window
        return Decision(
            challenger=model.version if model is not None else challenger.digest[:12],
            champion=None if self.model is None else self.model.version,
            window=None if window is None else window.as_of,
            known_by=None if window is None else window.known_by,
            protocol=self.policy.digest(),
            policy=self.policy,
            data_digest="" if window is None else window.source.tables.digest(),
            override=override,
            checks=tuple(checks),
        )

    def _manifest_checks(self, challenger: Candidate, model: Model) -> Iterator[Check]:
        """Give the checks that need no firm."""
        yield manifest_checks.version(challenger, self.champion)
        yield manifest_checks.label(model, self.model)
        yield manifest_checks.dates(model)
        yield manifest_checks.categories(model)
        yield manifest_checks.size(model, challenger, self.policy)
        if self.model is not None:
            yield manifest_checks.schema(model, self.model, self.policy)
            yield manifest_checks.older(model, self.model)
        if self.champion is not None:
            yield manifest_checks.protocol(self.champion, self.policy)
        if self.window is not None:
            yield manifest_checks.money(model, self.window.source.tables)
            yield manifest_checks.freshness(model, self.window.known_by, self.policy)
            if self.model is not None:
                yield manifest_checks.champion_age(self.model, self.window.known_by, self.policy)

    def _measured(self, model: Model) -> Iterator[Check]:
        """Give the checks on the window's firms."""
        yield from self.why_not
        if self.window is None:
            yield from (not_run(code, "there is no window to measure on") for code in (*_MEASURED, *_COMPARED))
            return
        unseen = _unseen(model, self.window)
        yield unseen
        if unseen.verdict is Verdict.REFUSE:
            why = "it has learned from this window: whatever it shows there proves nothing"
            yield from (not_run(code, why) for code in (*_MEASURED, *_COMPARED))
            return
        scored = self.window.score(model)
        yield skill.scores(scored)
        yield skill.spread(scored, self.policy)
        if not scored.replicates:
            yield from (not_run(code, "its scores are no numbers") for code in (*_MEASURED[2:], *_COMPARED))
            return
        yield skill.against_baselines(scored, self.window)
        yield skill.suspicious_gain(scored, self.scored, self.window)
        yield skill.calibration(scored, self.scored, self.policy)
        yield skill.interval(scored, self.policy)
        if self.scored is None or self.model is None:
            why = (
                "there is no champion yet" if self.champion is None else "there is no fair comparison with the champion"
            )
            yield from (not_run(code, why) for code in _COMPARED)
            return
        yield skill.against_champion(scored, self.scored, self.policy)
        yield skill.slices(scored, self.scored, self.window)
        yield latency(model, self.model, scored.values, self.policy)


def _unfair(champion: Model, window: EvaluationWindow) -> list[Check]:
    """Return why the champion cannot be measured fairly on the window; no findings if it can."""
    checks, learned_by = [], champion.manifest.dates.learned_by
    if learned_by > window.as_of:
        text = f"the champion learned from what was known by {learned_by}, after {_window(window)} opened; wait"
        checks.append(found("champion", f"{text} for newer outcomes, or lift this with a reason", ""))
    # Amounts that are converted by another rule would make it look worse than it is.
    money = manifest_checks.money(champion, window.source.tables)
    if money.verdict is Verdict.REFUSE:
        checks.append(found("champion", f"the champion cannot be compared with: {money.sentence}", ""))
    return checks


def _unseen(model: Model, window: EvaluationWindow) -> Check:
    """Check that neither the challenger nor its settings used anything known after the window had opened."""
    learned_by, config = model.manifest.dates.learned_by, manifest_checks.config_of(model)
    chosen_by = None if config is None else config.chosen.known_by
    wrong = ""
    if learned_by > window.as_of:
        wrong = f"it learned from what was known by {learned_by}, after {_window(window)} opened; train with a holdout"
    elif chosen_by is not None and chosen_by > window.as_of:
        wrong = f"its settings were chosen by outcomes known by {chosen_by}, after {_window(window)} opened"
    right = f"measured on {_window(window)}, {len(window.outcomes):,} firms"
    if model.manifest.dates.test == window.as_of and chosen_by is None:
        right += ", its own test date: unseen by it, though perhaps not by whoever chose its settings"
    return found("trained_on_window", wrong, right)


def _window(window: EvaluationWindow) -> str:
    return f"the window of {window.as_of} to {window.known_by}"
