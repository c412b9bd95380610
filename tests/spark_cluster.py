"""A Spark cluster of its own: a master and two workers, each a process, started by the scripts that pyspark brings."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pyspark
from pyspark.sql import SparkSession

from tests.conftest import ROOT

WORKERS = 2
_CLASS = Path(pyspark.__file__).with_name("bin") / "spark-class"
_DEPLOY = "org.apache.spark.deploy"
# Short-lived virtual machines spend most of their time on compiling: the quick compiler alone halves it.
_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_DRIVER = "127.0.0.1"
_SECONDS = 120.0
_SETTINGS: dict[str, bool | float | int | str | None] = {
    "spark.driver.bindAddress": _DRIVER,
    "spark.driver.extraJavaOptions": _JAVA,
    "spark.driver.host": _DRIVER,
    "spark.driver.memory": "512m",
    "spark.executor.extraJavaOptions": _JAVA,
    "spark.executor.memory": "512m",
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.executorEnv.PYTHONPATH": str(ROOT),  # tests send tasks of their own
    "spark.speculation": "true",
    "spark.speculation.interval": "100ms",
    "spark.speculation.minTaskRuntime": "3s",
    "spark.speculation.quantile": "0.4",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


@contextmanager
def session(folder: Path) -> Iterator[SparkSession]:
    """Run a cluster for a block, and give a session of it."""
    with cluster(folder) as address:
        spark = SparkSession.builder.master(address).config(map=_SETTINGS).getOrCreate()
        spark.sparkContext.setLogLevel("OFF")
        try:
            yield spark
        finally:
            spark.stop()


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Run a master and its workers for a block, and give the master's address."""
    with ExitStack() as running:
        log = running.enter_context(_process(folder, "master", _DRIVER, "master.Master", "--port", 0))
        (address,) = _said(log, r"Starting Spark master at (spark://\S+)")
        for number in range(WORKERS):
            # Each on a host of its own: Spark runs no second copy of a task on the host of the first.
            own = ("--cores", 1, "--memory", "600m", "--work-dir", folder / f"work-{number}", address)
            running.enter_context(_process(folder, f"worker-{number}", f"127.0.0.{number + 2}", "worker.Worker", *own))
        _said(log, r"Registering worker (\S+)", WORKERS)
        yield address


@contextmanager
def _process(folder: Path, name: str, host: str, main: str, *arguments: object) -> Iterator[Path]:
    """Run a master or a worker for a block, and give its log; whatever it started ends with it."""
    log = folder / f"{name}.log"
    own = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": _JAVA, "PYSPARK_PYTHON": sys.executable}
    command = [str(_CLASS), f"{_DEPLOY}.{main}", "--host", host, "--webui-port", "0", *map(str, arguments)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=out, stderr=out, cwd=folder)
    try:
        yield log
    finally:
        for one in (*psutil.Process(process.pid).children(recursive=True), process):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()


def _said(log: Path, pattern: str, times: int = 1) -> list[str]:
    """Wait until a log says something so many times, and give what it said."""
    end = time.monotonic() + _SECONDS
    while len(found := re.findall(pattern, text := log.read_text(encoding="utf-8", errors="replace"))) < times:
        assert time.monotonic() < end, f"{log.name} does not say {pattern!r}:\n{text}"
        time.sleep(0.1)
    return found
