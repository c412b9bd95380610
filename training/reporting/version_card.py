"""The model card of one trained model, from its manifest alone: what a registry shows of a version."""

from collections.abc import Iterator, Mapping

from littlegiants.models.manifest import Figure, Manifest
from littlegiants.reports.metric_names import MEANINGS, success
from littlegiants.reports.wording import day, listed
from littlegiants.training.reporting.markdown import plain, plain_sentence, table
from littlegiants.training.reporting.sentences import span

OWN = "this model"


def version_card(manifest: Manifest) -> str:
    """Return the model card of a trained model, in Markdown.

    It says what is predicted, what was learned from until when, and how well one later date was told, which nothing of
    the training had seen. `littlegiants.training.reporting.card.model_card` says far more, of the recipe at several
    dates.
    """
    label = manifest.label
    lines = [
        f"**{plain(label.outcome)}**: whether a firm succeeds within {label.timespan}: {success(label)}.",
        "",
        *_learned(manifest),
        "",
        *(_skill(manifest) if manifest.metrics else ["Nothing was held out to test on."]),
        "",
        *_limits(manifest),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _learned(manifest: Manifest) -> Iterator[str]:
    dates, rows = manifest.dates, manifest.rows
    yield (
        f"Fitted on {rows['fit']:,} rows of {day(dates.fit[0])} to {day(dates.refit_through)}, calibrated on "
        f"{rows['calibrate']:,} firms of {day(dates.calibrate)}, by what was known on {day(dates.learned_by)}. "
        f"Of the rows {100 * manifest.base_rate:.1f}% succeeded. "
        f"Tables: {listed([plain(name) for name in ('firms', *manifest.observed_tables)])}. "
        f"Digest of the data: `{manifest.data_digest}`."
    )


def _skill(manifest: Manifest) -> Iterator[str]:
    assert manifest.dates.test is not None  # noqa: S101 - there are metrics of a test date only
    yield f"On {manifest.rows['test']:,} firms of {day(manifest.dates.test)}, with 95% intervals over firms:"
    yield ""
    every: Mapping[str, Mapping[str, Figure]] = {OWN: manifest.metrics, **manifest.baselines}
    rows = [
        [name, *(span(figures[key]) if key in figures else "–" for figures in every.values())]
        for key, (name, *_) in MEANINGS.items()
        if key in manifest.metrics
    ]
    yield from table(["metric", *map(plain, every)], rows)


def _limits(manifest: Manifest) -> Iterator[str]:
    said = list(manifest.notes)
    if manifest.subsidised_note:
        said.append(f"P(subsidised) stays empty: {manifest.subsidised_note}")
    if manifest.constant_features:
        said.append(f"never observed or constant in these data: {', '.join(manifest.constant_features)}")
    if manifest.unstable_reasons:
        said.append(
            f"never shown as reasons, since other fits do not confirm them: {', '.join(manifest.unstable_reasons)}"
        )
    yield from (f"- {plain_sentence(line)}" for line in said)
