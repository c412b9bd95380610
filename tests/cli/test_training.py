"""``giants simulate`` and ``giants train``: the tables, the model, and what is said of both."""

import json
import re
from pathlib import Path

import pytest

from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.training.backtest.refits import mark_reasons
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate
from tests.cli.conftest import DIRT, giants, read, score

TABLES = ["firms", "rounds", "grants", "patents", "recognitions", "financials", "investments", "outcomes"]
SUM = re.compile(r"(\w+) +([\d,]+) read = +([\d,]+) used \+ +([\d,]+) quarantined(?: (.+))?")


def test_simulation_is_the_librarys(world, tmp_path):
    simulate(tmp_path / "same", firms=1_200)
    for name in TABLES:
        assert (tmp_path / "same" / f"{name}.csv").read_bytes() == (world.data / f"{name}.csv").read_bytes()


def test_simulation_says_what_it_wrote(world):
    lines = world.runs["simulate"].lines
    assert [line.split()[0] for line in lines[: len(TABLES)]] == TABLES
    assert lines[0].endswith(" 1,200 rows")
    assert (
        lines[-1]
        == f"written to {world.data}; the true probabilities, which training never reads, to {world.data}/truth"
    )


def test_simulation_for_machines():
    run = giants(
        "simulate", "--out", "d", "--firms", 60, "--seed", 3, "--without", "patents", "--format", "parquet", "--json"
    )
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    result = json.loads(run.out)
    assert (result["out"], result["seed"], result["rows"]["firms"]) == ("d", 3, 60)
    assert "patents" not in result["rows"]
    assert len(read_tables("d")) == 60
    assert read_tables("d").events["patents"] is None


def test_training_is_the_librarys(world, tmp_path):
    config = TrainConfig.from_toml(world.config)
    trained = mark_reasons(train(read_tables(world.data), config), config)
    again = write_artefact(trained.model, tmp_path / "again")
    assert read_artefact(world.artefact).manifest == again.manifest


def test_training_balances_every_table(world):
    found = [match for line in world.runs["train"].lines if (match := SUM.fullmatch(line))]
    assert [match[1] for match in found] == TABLES
    for match in found:
        read, used, quarantined = (int(match[place].replace(",", "")) for place in (2, 3, 4))
        assert read == used + quarantined > 0


def test_training_shows_its_metrics_beside_the_baselines(world):
    manifest = read_artefact(world.artefact).manifest
    text = world.runs["train"].out
    for name, figures in {"this model": manifest.metrics, **manifest.baselines}.items():
        row = [f"{f.value:.3f} [{f.low:.3f}, {f.high:.3f}]" for f in (figures["auc"], figures["average_precision"])]
        assert re.search(rf"^{name} +{re.escape('  '.join(row))}$", text, re.MULTILINE), name
    best = manifest.metrics["precision_at_100"].value
    assert f"of its best 100 firms succeeded: {best:.3f} [" in text
    assert f"fitted on {manifest.dates.fit[0]} to {manifest.dates.refit_through}" in text


def test_nothing_clutters_the_terminal(world):
    assert world.runs["train"].err == ""
    assert "mlflow" not in world.runs["train"].out.casefold()


def test_training_for_machines(world):
    run = world.runs["second"]
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    result = json.loads(run.out)
    assert result["model"] == "models:/littlegiants/2"
    assert result["artefact"] is None
    assert result["dates"]["known_by"] == "2024-06-30"
    assert set(result["metrics"]["auc"]) == {"value", "low", "high"}
    assert {"base rate", "total raised"} <= set(result["baselines"])
    assert "outcome is exit" in result["subsidised_note"]
    assert {sums["table"]: sums["by_code"] for sums in result["tables"]} == {
        table: {code: 1} for table, (_, code) in DIRT.items()
    }
    assert all(sums["read"] == sums["used"] + sums["quarantined"] for sums in result["tables"])


def test_training_without_a_test_date(world, store):
    Path("plain.toml").write_text(world.config.read_text().replace("fit_dates = 2", "fit_dates = 1\nholdout = false"))
    run = giants("train", "--data", world.data, "--config", "plain.toml", "--store", store)
    assert run.code == 0
    assert "nothing held out to test on" in run.out
    assert "AUC" not in run.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--firms", 10), 2, r"giants simulate: Invalid value for '--firms': .*50; see giants simulate --help"),
        (
            ("--seed", -1),
            2,
            r"giants simulate: Invalid value for '--seed': Input should .*0; see giants simulate --help",
        ),
        (
            ("--seed", "seven"),
            2,
            r"giants simulate: Invalid value for '--seed': .*valid int.*; see giants simulate --help",
        ),
        (("--format", "xlsx"), 2, r"giants simulate: Invalid value for '--format': 'xlsx' is not one of 'csv', .*"),
        (("--without", "patent"), 2, r"giants: .*patent;.* rounds, grants, .*"),
        (("--without", "firms"), 2, r"giants: .*firms.*"),
    ],
)
def test_simulate_refuses(arguments, code, message, tmp_path):
    run = giants("simulate", "--out", "d", *arguments)
    assert (run.code, run.out) == (code, "")
    assert re.fullmatch(f"{message}\n", run.err), run.err
    assert list(tmp_path.iterdir()) == []


def test_simulation_leaves_other_tables_alone():
    Path("mine").mkdir()
    Path("mine/firms.csv").write_text("firm_id\na\n")
    run = giants("simulate", "--out", "mine", "--firms", 60)
    assert (run.code, run.out, run.err.count("\n")) == (2, "", 1)
    assert [(path.name, path.read_text()) for path in Path("mine").iterdir()] == [("firms.csv", "firm_id\na\n")]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("tress = 40", r".*'tress'.*booster\.trees.*"),
        ("[booster]\ntress = 40", r".*'booster\.tress'.*booster\.trees.*"),
        (
            '[label]\noutcome = "both"',
            r"label\.outcome: Input should be 'market', 'exit' or 'acquisition'; 'both' was given",
        ),
        ("seed = -1", r"seed: Input should be greater than or equal to 0; -1 was given"),
        ("seed 7", r"is not TOML: .*"),
        ('[dates]\ncalibrate = "2020-01-01"', r".*\[dates\] needs both fit and calibrate.*"),
    ],
)
def test_train_refuses_a_configuration(config, message, world, tmp_path):
    (tmp_path / "train.toml").write_text(config, encoding="utf-8")
    run = giants("train", "--data", world.data, "--config", "train.toml", "--store", world.store)
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(rf"giants: (train\.toml:? )?{message}\n", run.err), run.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--data", "nowhere"), 5, "giants: nowhere is not a folder; .*"),
        (("--config", "no.toml"), 2, "giants: no.toml cannot be read: No such file or directory"),
        (("--known-by", "2024"), 2, "giants: '2024' is not a date; write it as YYYY-MM-DD"),
        (("--known-by", "20240630"), 2, "giants: '20240630' is not a date; write it as YYYY-MM-DD"),
        (
            ("--outcome", "both"),
            2,
            "giants train: Invalid value for '--outcome': 'both' is not one of 'market', 'exit', 'acquisition'; see .*",
        ),
        (("--artefact", "."), 2, "giants: [.] exists already; a model is never overwritten, name another folder"),
        (("--known-by", "2004-12-31"), 6, "giants: no firm has a label at 1998-06-30.*"),
        (("--store", "sqlite:////dev/null/mlflow.db"), 2, "giants: .* cannot be written: .*"),
        (("--store", "./mlruns"), 6, "giants: .*"),
    ],
)
def test_train_refuses(arguments, code, message, world):
    run = giants("train", "--data", world.data, "--config", world.config, "--store", world.store, *arguments)
    assert (run.code, run.out) == (code, ""), run.err
    assert re.fullmatch(f"{message}\n", run.err), run.err


def test_stopped_training_registers_nothing(world, store):
    before = giants("models", "--store", store).out
    given = ("--data", world.data, "--known-by", "2004-12-31", "--store", store, "--artefact", "kept")
    assert giants("train", *given).code == 6
    assert giants("models", "--store", store).out == before
    assert not Path("kept").exists()


def test_reasons_that_other_fits_do_not_confirm_are_named_and_never_shown(world):
    unstable = read_artefact(world.artefact).manifest.unstable_reasons
    assert unstable
    told = "never shown as reasons, other fits do not confirm them: "
    assert [line for line in world.runs["train"].lines if line.startswith(told)] == [told + ", ".join(unstable)]
    assert json.loads(world.runs["second"].out)["unstable_reasons"] is not None
    assert score(world).code == 0
    scores = read(Path("scores.csv"))
    given = {code.partition("=")[0] for place in (1, 2, 3) for code in scores[f"reason_{place}"] if code}
    assert len(given) > 3
    assert not given & set(unstable)
