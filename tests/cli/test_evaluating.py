"""``giants evaluate``: a backtest in text, in JSON, as a page and as a card, all of the same numbers."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mlflow import MlflowClient

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.backtest import Backtest
from littlegiants.training.tracking import track_evaluation
from tests.cli.conftest import giants, process

ORIGINS = ("2021-12-31", "2023-12-31")


@pytest.fixture(scope="module")
def evaluated(world, tmp_path_factory):
    """What two origins give, and the folder of the files written; the dates are given the wrong way round."""
    folder = tmp_path_factory.mktemp("evaluation")
    shutil.copyfile(world.folder / "mlflow.db", folder / "mlflow.db")
    shutil.copytree(world.folder / "mlartifacts", folder / "mlartifacts")
    done = giants(
        *("evaluate", "--data", world.data, "--config", world.config, "--origin", ORIGINS[1], "--origin", ORIGINS[0]),
        *("--report", folder / "e.html", "--card", folder / "MODEL_CARD.md", "--out", folder / "figures.json"),
        *("--record", 1, "--store", f"sqlite:///{folder}/mlflow.db"),
    )
    return done, folder


@pytest.fixture(scope="module")
def figures(evaluated):
    return Backtest.model_validate_json((evaluated[1] / "figures.json").read_text(encoding="utf-8"))


def test_summary_says_what_was_measured(evaluated, figures):
    done, folder = evaluated
    assert (done.code, done.err) == (0, "")
    pooled = figures.pooled.measured
    assert re.search(r"^firms +1,200 read = +1,200 used \+ 0 quarantined$", done.out, re.MULTILINE)
    assert f"origins: {', '.join(ORIGINS)}; labels over 24 months" in done.lines
    auc = pooled.metrics["auc"]
    (own,) = [line for line in done.lines if line.startswith("this model")]
    assert f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]" in own
    for rival in figures.pooled.baselines:
        (line,) = [line for line in done.lines if line.startswith(f"{rival.name} ")]
        assert line.endswith("not beaten") == (not rival.beaten)
    for origin in figures.origins:
        (line,) = [line for line in done.lines if line.startswith(str(origin.as_of))]
        assert f"{origin.twin.leaky['auc'].value:.3f}" in line
    assert done.lines[-4:-1] == [
        f"report:      {folder / 'e.html'}",
        f"model card:  {folder / 'MODEL_CARD.md'}",
        f"figures:     {folder / 'figures.json'}",
    ]


def test_page_card_and_figures_are_kept_beside_the_version(evaluated, figures):
    done, folder = evaluated
    store = f"sqlite:///{folder}/mlflow.db"
    client = MlflowClient(store, store)
    run_id = done.lines[-1].removeprefix("MLflow run:").strip()
    run, version = client.get_run(run_id), client.get_model_version("littlegiants", "1")
    assert run.info.run_name == "evaluation of version 1"
    assert run.data.tags["mlflow.parentRunId"] == version.run_id
    assert run.data.metrics["auc"] == figures.pooled.measured.metrics["auc"].value
    assert run.info.start_time < run.info.end_time
    for name, file in (("evaluation.html", "e.html"), ("model_card.md", "MODEL_CARD.md")):
        path = client.download_artifacts(run_id, name, str(folder))
        assert Path(path).read_text(encoding="utf-8") == (folder / file).read_text(encoding="utf-8")
    assert version.description is not None
    assert f"files of run `{run_id}`" in version.description
    assert "**market**: whether a firm succeeds within 24 months" in version.description


def test_a_version_that_predicts_something_else_is_not_described(figures, evaluated):
    # The second model is one of exits.
    store = f"sqlite:///{evaluated[1]}/mlflow.db"
    with pytest.raises(ConfigError, match="version 2 predicts exit in 24 months, and market in 24 months was tested"):
        track_evaluation(figures, 2, "page", "card", datetime.now(UTC), store)


def test_page_and_card_are_of_these_figures(evaluated, figures, world):
    auc = figures.pooled.measured.metrics["auc"]
    page = (evaluated[1] / "e.html").read_text(encoding="utf-8")
    card = (evaluated[1] / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"<dd>{auc.value:.3f}</dd>" in page
    assert "<title>data, evaluation</title>" in page
    assert f"**{auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})**" in card
    assert f"giants evaluate --data {world.data} --config {world.config} --origin {ORIGINS[1]}" in card


def test_simulations_are_measured_against_their_truth(figures):
    assert figures.pooled.intervals.truth_error is not None
    assert figures.config["booster"]["trees"] == 40


def test_for_machines_without_truth_and_in_constant_prices(world):
    shutil.copytree(world.data, "data", ignore=shutil.ignore_patterns("truth"))
    text = world.config.read_text(encoding="utf-8")
    Path("train.toml").write_text(f"constant_prices = 2015\n{text}", encoding="utf-8")
    done = giants("evaluate", "--data", "data", "--config", "train.toml", "--origins", 1, "--json")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    result = json.loads(done.out)
    assert (result["report"], result["card"], result["out"]) == (None, None, None)
    assert {table["table"]: table["read"] for table in result["tables"]}["firms"] == 1_200
    assert [origin["as_of"] for origin in result["origins"]] == ["2023-12-31"]
    assert result["config"]["constant_prices"] == 2015
    assert result["pooled"]["intervals"]["truth_error"] is None
    assert result["pooled"] == result["origins"][0]["judged"]
    assert {part["check"] for part in result["back_fill"]} >= {"no_known_on"}


def test_a_truth_that_is_none_is_refused(world):
    shutil.copytree(world.data, "data", ignore=shutil.ignore_patterns("truth"))
    Path("data/truth").mkdir()
    Path("data/truth/truth.parquet").write_text("no parquet", encoding="utf-8")
    done = giants("evaluate", "--data", "data", "--config", world.config, "--origins", 1)
    assert (done.code, done.out) == (5, "")
    assert re.fullmatch(r"giants: data/truth/truth\.parquet is not the truth of a simulation: .+\n", done.err)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "giants evaluate: Missing option '--data'; see giants evaluate --help"),
        (("--data", "nowhere"), 5, "giants: nowhere is not a folder; .*"),
        (("--data", "DATA", "--origins", "0"), 2, "giants evaluate: Invalid value for '--origins': .*"),
        (("--data", "DATA", "--origins", "2", "--origin", "2021-12-31"), 2, "giants: --origins 2 and --origin .*"),
        (("--data", "DATA", "--origin", "31.12.2021"), 2, "giants: '31.12.2021' is not a date; .*"),
        (("--data", "DATA", "--origin", "1921-12-31"), 2, "giants: --origin: .* 1921-12-31 was given"),
        (
            ("--data", "DATA", "--origin", "2021-12-31", "--origin", "2021-12-31"),
            2,
            "giants: origins must be ascending and distinct, .*",
        ),
        (("--data", "DATA", "--origin", "2025-06-30"), 2, "giants: the label window of the origin 2025-06-30 ends .*"),
        (("--data", "DATA", "--origin", "1990-12-31"), 6, "giants: no model can be trained at any origin; .*"),
        (("--data", "DATA", "--report", "e.pdf"), 2, "giants: e.pdf ends in '.pdf'; .*"),
        (("--data", "DATA", "--card", "card.txt"), 2, "giants: card.txt ends in '.txt'; name a file .* .md"),
        (("--data", "DATA", "--out", "no/f.json"), 2, "giants: no/f.json cannot be written: there is no folder no"),
        (("--data", "DATA", "--config", "no.toml"), 2, "giants: no.toml cannot be read: .*"),
    ],
)
def test_refuses(arguments, code, message, world, tmp_path):
    done = giants("evaluate", *(world.data if word == "DATA" else word for word in arguments))
    assert (done.code, done.out) == (code, "")
    assert re.fullmatch(f"{message}\n", done.err), done.err
    assert list(tmp_path.iterdir()) == []


def test_dates_of_one_training_are_refused(world):
    Path("train.toml").write_text("[dates]\nfit = ['2017-12-31']\ncalibrate = '2019-12-31'\n", encoding="utf-8")
    done = giants("evaluate", "--data", world.data, "--config", "train.toml")
    assert (done.code, done.out) == (2, "")
    assert "a backtest chooses them at each origin" in done.err


def test_help_names_the_files():
    done = process("evaluate", "--help")
    assert done.returncode == 0
    for option in ("--origins", "--origin", "--against", "--report", "--card", "--out"):
        assert option in done.stdout
