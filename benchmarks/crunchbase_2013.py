"""The 2013 benchmark: train on what was known by 2013-10-01, score every operating funded firm at that date.

    python benchmarks/crunchbase_2013.py --data ../shared/data --outcome market --out scores.parquet

The cohort are the firms whose status in the export is ``operating``, with at least one dated round after 1990. The
label window is 793 days (to December 2015). What happened in it is not in these data. Beside the scores the command
prints what the same recipe reaches one window earlier, on 2011-07-31, where the outcomes are known. Whoever has the
export of December 2015 (companies, rounds and acquisitions in the layout of 2014 and 2015) judges the scores with it:

    python benchmarks/crunchbase_2013.py --data ../shared/data --outcome market --out scores.parquet --later DIR

``market`` is an acquisition, an IPO or a round of at least USD 1 m, ``exit`` an acquisition alone, ``listed`` an
acquisition or an IPO. Investors' names come from the snapshot of December 2013, dates of IPOs from a list of American
ones. For ``listed``, firms listed before are not at risk, whatever the export calls them.
"""

import json
import tempfile
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer
from later_export import check_outcome, judge, read_later, show

from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.crunchbase_2013_investors import import_crunchbase_2013_investors
from littlegiants.ingest.sources.listings import import_listings
from littlegiants.ingest.sources.sbir import import_sbir
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.scoring.booster import BoosterConfig
from littlegiants.serving.output import write_scores
from littlegiants.serving.scorer import Scorer
from littlegiants.training.config import CohortConfig, DatesConfig, LabelConfig, TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.undated_exits import read_undated

AS_OF = date(2013, 10, 1)
FIRST_ROUND = "1990-12-31"
WINDOW_DAYS = 793
EARLY_MONTHS = 13  # half the window
# What the outside judge calls them, and the product's name of the same.
OUTCOMES = {"market": "market", "exit": "acquisition", "listed": "exit"}
_REHEARSED: set[str] = {"dates", "rows", "metrics", "baselines", "reliability"}

Share = Annotated[float, typer.Option(min=0.01, max=1, help="Share of the firms; below 1 for a quick try.")]


def configuration(outcome: str, holdout: bool) -> TrainConfig:
    """Return the recipe of an outcome: the same for the rehearsal one window earlier."""
    return TrainConfig(
        label=LabelConfig(outcome=outcome, timespan_days=WINDOW_DAYS, round_credit=0.1),
        dates=DatesConfig(known_by=AS_OF, holdout=holdout, fit_dates=3, spacing_months=12),
        cohort=CohortConfig(require_round=True),
        early_months=EARLY_MONTHS,
        # Dates and half-life chosen on 2009-05-29 and 2011-07-31: coverage of the source grows so fast that old labels
        # mislead. The rest, of which recipes.py, horizons.py and choice.py show the worth, was chosen on origins up to
        # 2010-11-01.
        booster=BoosterConfig(trees=200, leaf_firms=200, random_splits=True, signs=outcome != "market"),
        recency_half_life_months=12.0,
        fresh_population=True,
    )


def load(
    data: Path, folder: Path, share: float = 1, listed: bool = False
) -> tuple[Tables, frozenset[str], list[str], list[str]]:
    """Import the export, join all else to it, and return tables, undated exits, the cohort's ids and what was said.

    Parameters
    ----------
    data, folder
        The public data, and where to write the tables.
    share
        Share of the firms.
    listed
        Whether a listing counts also for a firm that the export calls operating.
    """
    firms = import_crunchbase(data / "crunchbase-2013-us")
    write_import(firms, folder)
    gone = set(firms.beside["undated_exits"]["firm_id"])
    imports = [firms]
    for read in (_investors, _listings, _grants):
        imports.append(read(data, folder))
        write_import(imports[-1] if listed else _of_firms(imports[-1], gone), folder)
    said = [str(sums) for imported in imports for sums in imported.reconciliations]
    tables = _sample(read_tables(folder), share)
    rounds = pd.read_csv(folder / "rounds.csv", dtype=str, keep_default_na=False)
    funded = set(rounds.loc[rounds["announced_on"].between(FIRST_ROUND, AS_OF.isoformat(), "right"), "firm_id"])
    cohort = sorted(set(tables.firm_ids.tolist()) & funded - gone - _left(tables))
    return tables, read_undated(folder), cohort, said


def _investors(data: Path, folder: Path) -> Imported:
    return import_crunchbase_2013_investors(data / "crunchbase-2013-investors" / "investments.csv", folder)


def _listings(data: Path, folder: Path) -> Imported:
    return import_listings(data / "us-ipos" / "ipos_1975_to_2013-10-01.csv", folder, date_format="%Y%m%d")


def _grants(data: Path, folder: Path) -> Imported:
    return import_sbir(data / "sbir" / "nsf_awards.csv", folder)


def _of_firms(imported: Imported, gone: set[str]) -> Imported:
    """Return an import whose outcomes are those of firms that are gone by the export's own word."""
    if "outcomes" not in imported.frames:
        return imported
    outcomes = imported.frames["outcomes"]
    return replace(imported, frames={"outcomes": outcomes[outcomes["firm_id"].isin(gone)]})


def _sample(tables: Tables, share: float) -> Tables:
    """Return a share of the firms, drawn by their ids: the same ones in every run."""
    if share == 1:
        return tables
    drawn = [zlib.crc32(firm.encode()) < share * 2**32 for firm in tables.firm_ids.tolist()]
    return tables.take(tables.firm_ids[drawn])


def _left(tables: Tables) -> set[str]:
    outcomes = tables.known_by(AS_OF).events["outcomes"]
    return set() if outcomes is None else set(tables.firm_ids[outcomes.firm].tolist())


def main(
    data: Annotated[Path, typer.Option(help="Folder of the public data, crunchbase-2013-us/ and others.")],
    out: Annotated[Path, typer.Option(help="Scores of the cohort, .parquet or .csv.")],
    outcome: Annotated[Literal["market", "exit", "listed"], typer.Option(help="What is predicted.")] = "market",
    share: Share = 1,
    later: Annotated[Path | None, typer.Option(help="The export of December 2015, to judge the scores with.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Train, rehearse one window earlier, score the cohort, and judge the scores where the outcomes are given."""
    if later is not None:
        check_outcome(outcome)
    judgement = None
    with tempfile.TemporaryDirectory() as scratch:
        tables, undated, cohort, said = load(data, Path(scratch) / "tables", share, outcome == "listed")
        rehearsal = train(tables, configuration(OUTCOMES[outcome], holdout=True), undated).model.manifest
        trained = train(tables, configuration(OUTCOMES[outcome], holdout=False), undated)
        model = write_artefact(trained.model, Path(scratch) / "model")
        scores = Scorer(model).score(tables, AS_OF, cohort)
        if later is not None:
            export = read_later(later, Path(scratch))
            settings = configuration(OUTCOMES[outcome], holdout=False)
            judgement = judge(trained, settings, tables, Path(scratch) / "tables", cohort, export)
            said += export.said
    write_scores(scores, out)
    print("\n".join(said))
    print(f"\nrehearsal, one window earlier: as of {rehearsal.dates.test}, {rehearsal.rows['test']:,} firms")
    for name in ("auc", "average_precision", "precision_at_100", "ece", "calibration_slope"):
        figure = rehearsal.metrics[name]
        print(f"  {name:<20} {figure.value:6.3f}  [{figure.low:.3f}, {figure.high:.3f}]")
    for name, figures in rehearsal.baselines.items():
        print(f"  auc of {name:<20} {figures['auc'].value:6.3f}")
    dates = model.manifest.dates
    print(f"\nfitted on {dates.fit[0]} to {dates.refit_through}, calibrated on {dates.calibrate}, outcome {outcome}")
    withheld = int(scores["abstained"].sum())
    mean = float(scores["p_market"].mean())
    print(f"{len(scores):,} firms scored as of {AS_OF}, {withheld:,} withheld, mean p {mean:.3f}: {out}")
    if judgement is not None:
        show(judgement)
    if as_json is not None:
        written = {
            "as_of_date": AS_OF.isoformat(),
            "outcome": outcome,
            "firms": len(scores),
            "withheld": withheld,
            "mean_p": mean,
            "model_version": model.version,
            "rehearsal": rehearsal.model_dump(
                mode="json", include={"dates", "rows", "metrics", "baselines", "reliability"}
            ),
            "judgement": None if judgement is None else judgement.model_dump(mode="json"),
        }
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
