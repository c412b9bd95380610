"""From a first SBIR Phase II award to a first private round: train on firms up to 2018, rank those of 2019 to 2022.

    python benchmarks/sbir_to_market.py --data ../shared/data --out risk.csv

The outcomes of the firms to be ranked are not in these data; the command prints what the same recipe and its baselines
reach at earlier origins, with as long a follow-up as they have. How and why: docs/sbir-to-market.md.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from sbir_panel import (
    DATA_END,
    FOLLOWED_DAYS,
    LAST_TRAINED,
    Labels,
    Split,
    covariates,
    make_splits,
    product_features,
    read_panel,
    watch,
)
from survival import Spells, concordance, fit_cox, person_periods

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, log_odds

ORIGINS = (2015, 2016, 2017)
PENALTY = 200.0
RESAMPLES = 500
_STATES, _FOLDS, _PERIOD_DAYS, _SPREAD = 12, 5, 182, 4.0
_SHORT = ("awards", "has_dod", "has_nih", "has_nsf")
Risks = Iterator[tuple[str, Floats]]


def standardise(reference: pd.DataFrame, *frames: pd.DataFrame) -> list[Floats]:
    """Scale by the reference's means and deviations, within four of them; what is not observed is at the mean."""
    mean, deviation = reference.mean(), reference.std()
    varied = reference.columns[deviation > 0]
    scaled = [(frame.reindex(columns=varied) - mean[varied]) / deviation[varied] for frame in frames]
    return [part.clip(-_SPREAD, _SPREAD).fillna(0.0).to_numpy() for part in scaled]


def cox_risk(split: Split, phase2: pd.DataFrame, ranked: pd.DataFrame, phase1: pd.DataFrame | None = None) -> Floats:
    """Rank the firms to rank by a Cox regression on Phase II, with Phase I firms as a stratum of their own if given."""
    scaled = standardise(phase2, ranked, phase2, *([] if phase1 is None else [phase1]))
    strata = []
    for values, frame in zip(scaled[1:], (split.phase2, split.phase1), strict=False):
        if len(frame):
            spells, watched = watch(frame, split.known)
            strata.append((values[watched], spells))
    return np.asarray(scaled[0] @ fit_cox(strata, PENALTY), np.float64)


def hazard_risk(split: Split, phase2: pd.DataFrame, ranked: pd.DataFrame) -> Floats:
    """Rank by the cumulative hazard of a booster on half-year periods."""
    spells, watched = watch(split.phase2, split.known)
    firm, period, event = person_periods(spells, _PERIOD_DAYS)
    values = np.column_stack((phase2.to_numpy()[watched][firm], period))
    config = BoosterConfig(trees=200, learning_rate=0.05, leaves=4, leaf_firms=200)
    booster = fit_booster(values, event, np.ones(len(event)), [*phase2.columns, "period"], (), config, seed=7)
    risk: Floats = np.zeros(len(ranked))
    for later in range(FOLLOWED_DAYS // _PERIOD_DAYS):
        risk += np.log1p(np.exp(log_odds(booster, np.column_stack((ranked.to_numpy(), np.full(len(risk), later))))))
    return risk


def oracle_risk(split: Split, states: list[str]) -> Floats:
    """Rank by models of the other firms of the very same years, outcomes to the end: what no drift can spoil."""
    everyone = pd.concat([split.phase2, split.ranked])
    fold = np.random.default_rng(7).integers(0, _FOLDS, len(everyone))
    risk = pd.Series(np.nan, everyone.index)
    for number in range(_FOLDS):
        fitting, held = everyone[fold != number], everyone[fold == number]
        part = Split(fitting, split.phase1.iloc[:0], held, split.origin, split.end, split.end)
        risk[held.index] = cox_risk(part, covariates(fitting, states), covariates(held, states))
    return risk[split.ranked.index].to_numpy()


def common_states(split: Split) -> list[str]:
    """Return the states with the most training firms."""
    return [str(state) for state in split.phase2["state_at_index"].value_counts().index[:_STATES]]


def model_risk(splits: list[Split]) -> pd.Series:
    """Rank by the recipe that is used; each firm by the model of its own split."""
    risks = []
    for split in splits:
        states = common_states(split)
        phase2, ranked, phase1 = (covariates(frame, states) for frame in (split.phase2, split.ranked, split.phase1))
        risks.append(pd.Series(cox_risk(split, phase2, ranked, phase1), ranked.index))
    return pd.concat(risks).sort_index()


def baselines(split: Split) -> Risks:
    """Yield the baselines by name, with the labels known at the origin: parts of the recipe, other methods, columns."""
    states = common_states(split)
    phase2, ranked, phase1 = (covariates(frame, states) for frame in (split.phase2, split.ranked, split.phase1))
    plain = [name for name in phase2 if not name.startswith("vc_")]
    yield "without sectors", cox_risk(split, phase2[plain], ranked[plain], phase1[plain])
    yield "without Phase I firms", cox_risk(split, phase2, ranked)
    signals = product_features(split)
    own, theirs = signals.loc[phase2.index], signals.loc[ranked.index]
    yield "littlegiants' own signals", cox_risk(split, own, theirs)
    yield "with littlegiants' own signals", cox_risk(split, phase2.join(own), ranked.join(theirs), phase1)
    yield "discrete-time hazard, LightGBM", hazard_risk(split, phase2, ranked)
    yield "Cox on awards and three agencies", cox_risk(split, phase2[[*_SHORT]], ranked[[*_SHORT]])
    yield "not Defense", -ranked["has_dod"].to_numpy()
    yield "fewest awards", -ranked["awards"].to_numpy()
    yield "least time since the first award", -ranked["years"].to_numpy()
    yield "largest award", ranked["largest"].to_numpy()
    yield "oracle: the other firms of these years", oracle_risk(split, states)


def follow_up(split: Split) -> Spells:
    """Return what happened to the firms to rank up to the end of the follow-up."""
    spells, watched = watch(split.ranked, split.end)
    if not watched.all():
        raise typer.BadParameter(f"{int((~watched).sum())} firms are not watched for a day by {split.end}")
    return spells


def rehearse(splits: dict[Labels, list[Split]], with_baselines: bool) -> dict[str, Figure]:
    """Return the C-index of the recipe with each kind of labels, by index year, and of its baselines."""
    single = splits[Labels.origin][0]
    spells, years = follow_up(single), single.ranked["index_year"].to_numpy()
    risks = {labels: model_risk(parts).to_numpy() for labels, parts in splits.items()}
    found = {f"model, {labels.value} labels": concordance(spells, risk, RESAMPLES) for labels, risk in risks.items()}
    for year in np.unique(years):
        here, risk = years == year, risks[Labels.dated]
        found[f"model, dated labels, firms of {year}"] = concordance(spells.rows(here), risk[here], RESAMPLES)
    for name, baseline in baselines(single) if with_baselines else ():
        found[name] = concordance(spells, baseline, RESAMPLES)
    return found


def drift(split: Split) -> dict[str, float]:
    """Return shares that show how the firms to rank differ from those trained on; no outcome is looked at."""
    before, after = (covariates(frame, []) for frame in (split.phase2, split.ranked))
    small = before.loc[before["has_dod"] == 1, "other_awards"].quantile(0.05)
    unlike = [(part["has_dod"] == 1) & (part["other_awards"] < small) for part in (before, after)]
    return {
        "Defense, trained on": float(before["has_dod"].mean()),
        "Defense, ranked": float(after["has_dod"].mean()),
        "Defense with small earlier awards, trained on": float(unlike[0].mean()),
        "Defense with small earlier awards, ranked": float(unlike[1].mean()),
    }


def main(
    data: Annotated[Path, typer.Option(help="Folder with sbir-to-market/.")],
    out: Annotated[Path, typer.Option(help="Where the risks of the firms of 2019 to 2022 go, a CSV file.")],
    labels: Annotated[Labels, typer.Option(help="Outcomes to train on: known at the origin, or all.")] = Labels.dated,
    with_baselines: Annotated[bool, typer.Option("--rivals/--no-rivals", help="Measure the baselines too.")] = True,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Rehearse at earlier origins, then train through 2018 and rank the firms of 2019 to 2022."""
    phase2, phase1 = (read_panel(data / "sbir-to-market" / f"phase{phase}.csv") for phase in (2, 1))
    figures = {}
    for origin in ORIGINS:
        splits = {kind: make_splits(phase2, phase1, origin, kind, LAST_TRAINED) for kind in Labels}
        figures[origin] = rehearse(splits, with_baselines)
        single = splits[Labels.origin][0]
        events = [int(watch(part, single.known)[0].event.sum()) for part in (single.phase2, single.phase1)]
        ranked, happened = len(single.ranked), int(follow_up(single).event.sum())
        print(f"\norigin {single.origin}: known by then {events[0]} events of Phase II, {events[1]} of Phase I firms")
        print(f"ranked: {ranked:,} firms of {origin + 1} to {LAST_TRAINED}, {happened} with the event by {single.end}")
        for name, figure in figures[origin].items():
            print(f"  {name:<40} {figure.value:.3f}  [{figure.low:.3f}, {figure.high:.3f}]")
    splits_ranked = make_splits(phase2, phase1, LAST_TRAINED, labels, int(phase2["index_year"].max()))
    risk = pd.DataFrame({"firm_id": phase2["firm_id"], "risk": model_risk(splits_ranked)}).dropna()
    risk.sort_values("firm_id").to_csv(out, index=False, float_format="%.6f", lineterminator="\n")
    changed = drift(make_splits(phase2, phase1, LAST_TRAINED, Labels.origin, int(phase2["index_year"].max()))[0])
    print(f"\n{len(risk):,} firms of {LAST_TRAINED + 1} and later ranked, {labels.value} labels: {out}")
    print("\n".join(f"  {name:<46} {share:6.1%}" for name, share in changed.items()))
    if as_json is not None:
        plain = {
            origin: {name: figure.model_dump() for name, figure in found.items()} for origin, found in figures.items()
        }
        written = {"labels": labels, "data_end": DATA_END.isoformat(), "rehearsal": plain, "drift": changed}
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
