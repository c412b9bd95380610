"""Airflow 3: scores every night, and every quarter a new model that must pass the gate before it scores.

Put this file into the `dags` folder. Airflow has an environment of its own; `giants` is found by the `PATH` of its
workers, the tables, scores and history in `LITTLEGIANTS_HOME`, and the registry by `MLFLOW_TRACKING_URI`.
"""

from datetime import UTC, datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = "${LITTLEGIANTS_HOME:-/srv/littlegiants}"
# A promotion that the gate refuses ends with 6: the champion so far stays, and scores.
REFUSED = 6
AS_OF = "{{ ds }}"
SCORE = (
    f"mkdir -p scores && giants score --data data --as-of {AS_OF} --out scores/{AS_OF}.parquet "
    f"--quarantine scores/{AS_OF}.quarantine.csv"
)
WATCH = f"giants watch --data data --as-of {AS_OF} --history watch.sqlite"


def step(name: str, command: str, **options: object) -> BashOperator:
    """Return a task that runs one command in the home of littlegiants, with the environment of the worker."""
    return BashOperator(task_id=name, bash_command=f'cd "{HOME}" && {command}', append_env=True, **options)


def made(name: str, schedule: str) -> DAG:
    """Return a schedule that never runs twice at once, and makes up for no missed day but the last."""
    return DAG(
        dag_id=name,
        schedule=schedule,
        start_date=datetime(2020, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        default_args={"retries": 2, "retry_delay": timedelta(minutes=10)},
        tags=["littlegiants"],
    )


with made("littlegiants_score", "15 3 * * *"):
    step("score", SCORE) >> step("watch", WATCH, retries=0)

with made("littlegiants_retrain", "0 4 2 1,4,7,10 *"):
    (
        step("train", f"giants train --data data --config train.toml --known-by {AS_OF}")
        # The gate decides: it promotes the new version, or leaves everything as it is.
        >> step("gate_and_promote", "giants promote latest --data data", skip_on_exit_code=REFUSED, retries=0)
        >> step("score", SCORE, trigger_rule="none_failed")
        >> step("watch", WATCH, retries=0)
    )
