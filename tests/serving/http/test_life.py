"""The service's life: start and stop, workers that die or sleep, models that come and go."""

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.serving.http.process.address import reserve
from littlegiants.training.pipeline import train
from tests.models import forging, registry_server
from tests.serving.http.conftest import GIANTS, Running, eventually, free_port, serving, status
from tests.small_model import small_config


@pytest.fixture(scope="module")
def other(tables, tmp_path_factory):
    """Another model, trained on the same tables."""
    folder = tmp_path_factory.mktemp("other") / "model"
    write_artefact(train(tables, small_config(booster={"trees": 50}), measured=False).model, folder)
    return folder


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [str(GIANTS), "serve", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)  # type: ignore[call-overload, no-any-return]


def replace_model(live, new):
    """Put another model in a folder's place, as `giants train --artefact` and a rename would."""
    shutil.copytree(new, live.with_name("coming"))
    live.rename(live.with_name(f"gone-{time.monotonic_ns()}"))
    live.with_name("coming").rename(live)


def test_p15_what_cannot_be_served_is_one_line_and_an_exit_code(service, artefact, tmp_path):
    taken = run("--model", artefact, "--port", service.port)
    assert (taken.returncode, taken.stdout) == (2, "")
    assert taken.stderr == f"giants: 127.0.0.1:{service.port} cannot be listened on: Address already in use\n"
    for arguments, code, said in [
        (("--model", tmp_path / "nowhere"), 6, "nowhere"),
        (("--model", artefact, "--host", "0.0.0.0"), 2, "give --keys"),  # noqa: S104 - refused
        (("--model", artefact, "--host", "no.such.host.invalid"), 2, "is no address"),
        (("--model", artefact, "--keys", tmp_path / "none.json"), 2, "there is no file of keys"),
        (("--model", "models:/littlegiants@champion", "--store", f"sqlite:///{tmp_path}/none.db"), 6, "none.db"),
    ]:
        done = run(*arguments, "--port", free_port(), cwd=tmp_path)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
        assert said in done.stderr


def test_p08_too_few_files(artefact):
    few = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))  # noqa: E731
    done = run("--model", artefact, "--port", free_port(), preexec_fn=few)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "only 64 files may be open at once" in done.stderr


def test_nothing_is_left_behind(artefact, tmp_path):
    with serving(tmp_path, "--model", artefact, TMPDIR=str(tmp_path)) as running:
        assert any(path.name.startswith("giants-serve-") for path in tmp_path.iterdir())
    assert running.process.returncode == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("giants-serve-")]


def test_x05_children_end_with_a_service_that_is_killed_and_the_address_is_free(artefact, tmp_path):
    with serving(tmp_path, "--model", artefact, "--workers", 2, TMPDIR=str(tmp_path)) as running:
        children = psutil.Process(running.process.pid).children(recursive=True)
        assert {"giants-worker", "giants-watcher"} <= {child.name() for child in children}
        running.process.kill()
        eventually(lambda: not any(map(alive, children)), within=2)
        reserve("127.0.0.1", running.port, keyed=False).close()
    # What it leaves is removed by the next service, which looks for its model afterwards.
    assert list(tmp_path.glob("giants-serve-*"))
    assert (
        run(
            "--model", tmp_path / "nowhere", "--port", free_port(), env=dict(os.environ, TMPDIR=str(tmp_path))
        ).returncode
        == 6
    )
    assert not list(tmp_path.glob("giants-serve-*"))


@pytest.mark.parametrize("signals", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT,)], ids=["twice", "SIGINT"])
def test_p02_a_stop_answers_what_is_whole_and_closes_what_is_half_sent(artefact, at_risk, tmp_path, signals):
    head = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    form = b"POST /portfolio HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    half = [b"POST /v1/sc", head, head + b"Content-Length: 500\r\n\r\n{", form + b"Content-Length: 500\r\n\r\n--x\r\n"]
    with serving(tmp_path, "--model", artefact, "--workers", 1) as running, ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(running.raw, part, wait=30) for part in half]
        firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}"} for place in range(400)]
        whole = pool.submit(running.score, firms)
        running.process.send_signal(signal.SIGHUP)  # it looks for a model and goes on
        time.sleep(0.4)
        start = time.monotonic()
        for number in signals:
            running.process.send_signal(number)
            time.sleep(0.05)
        assert running.process.wait(30) == 0
        assert time.monotonic() - start < 10
        assert whole.result().status == 200
        answers = [one.result() for one in waiting]
    assert answers[:2] == [b"", b""]
    assert all(answer.startswith(b"HTTP/1.1 503") and b"connection: close" in answer.lower() for answer in answers[2:])


def alive(process: psutil.Process) -> bool:
    """Whether a process runs; one that has ended may still be listed until its parent takes note."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def unread(running):
    """Bytes that each accepted connection of the service holds and no worker has read, as the kernel counts them."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    here = f":{running.port:04X}"
    # 01: established. A connection that is not accepted yet belongs to no file of a process.
    return [int(line[4][9:], 16) for line in lines if line[1].endswith(here) and line[3] == "01" and line[9] != "0"]


def test_a_stop_loses_nothing_that_was_accepted(artefact, at_risk, tmp_path):
    firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}"} for place in range(480)]
    answers: list[int] = []
    with serving(tmp_path, "--model", artefact, "--workers", 1) as running:
        asking = [threading.Thread(target=lambda: answers.append(running.score(firms).status)) for _ in range(6)]
        for thread in asking:
            thread.start()
        waiting: list[int] = []
        while len(waiting) + len(answers) < 6 or any(waiting):
            waiting = unread(running)
        running.process.send_signal(signal.SIGTERM)
        assert len(answers) < 6
        for thread in asking:
            thread.join()
        assert answers == [200] * 6
        assert running.process.wait(30) == 0


def test_p03_a_worker_that_is_killed_is_replaced_and_others_answer_meanwhile(artefact, at_risk, tmp_path):
    with serving(tmp_path, "--model", artefact, "--workers", 2) as running:
        eventually(lambda: len(running.pids()) == 2)
        killed = running.pids()[0]
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: status(running, "/health/ready") == 503)
        assert running.score(at_risk[:1]).status == 200
        eventually(lambda: status(running, "/health/ready") == 200, within=40)
        eventually(lambda: len(set(running.pids()) - {killed}) == 2)


def test_p04_a_worker_that_sleeps_is_replaced_and_nothing_piles_up(artefact, at_risk, tmp_path):
    with serving(tmp_path, "--model", artefact, "--workers", 2) as running:
        eventually(lambda: len(running.pids()) == 2)
        sleeper = running.pids()[0]
        os.kill(sleeper, signal.SIGSTOP)
        eventually(lambda: len(set(running.pids()) - {sleeper}) == 2, within=40)
        eventually(lambda: status(running, "/health/ready") == 200)
        assert [running.score(at_risk[:1]).status for _ in range(20)] == [200] * 20


def test_p16_a_log_that_nobody_takes_stops_nothing(artefact, at_risk, tmp_path):
    port = free_port()
    command = [str(GIANTS), "serve", "--model", str(artefact), "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stderr is not None
    process.stderr.close()
    try:
        running = Running(process, port, tmp_path / "none")
        eventually(lambda: status(running, "/health/ready") == 200, within=60)
        assert [running.score(at_risk[:1]).status for _ in range(50)] == [200] * 50
    finally:
        process.terminate()
        assert process.wait(30) == 0


def test_h39_ready_only_while_a_verified_model_can_answer(artefact, at_risk, tmp_path):
    with serving(tmp_path, "--model", artefact, "--workers", 1, TMPDIR=str(tmp_path)) as running:
        (folder,) = [path for path in tmp_path.iterdir() if path.name.startswith("giants-serve-")]
        # Where the heartbeat cannot be written, as on a full disk, nobody should send anything.
        shutil.rmtree(folder / "workers")
        eventually(lambda: status(running, "/health/ready") == 503)
        assert status(running, "/health/live") == 200


def seen(found: list[tuple[str, bytes]], before: int, version: str) -> bool:
    """Whether all of the newest answers are by one model."""
    return {named for named, _ in found[before:][-8:]} == {version}


def test_a_new_model_is_taken_without_a_stop_and_each_answer_is_that_of_the_model_it_names(
    artefact, other, at_risk, tmp_path
):
    live = tmp_path / "live"
    shutil.copytree(artefact, live)
    models = {model.version: model for model in map(read_artefact, (artefact, other))}
    with serving(tmp_path, "--model", live, "--workers", 2) as running:
        expected: dict[str, bytes] = {}
        found: list[tuple[str, bytes]] = []
        over = threading.Event()

        def ask() -> None:
            while not over.is_set():
                answer = running.score(at_risk[:3])
                assert answer.status == 200
                found.append((answer.json()["model_version"], answer.body))

        asking = [threading.Thread(target=ask) for _ in range(4)]
        for thread in asking:
            thread.start()
        for turn in range(6):
            replace_model(live, (other, artefact)[turn % 2])
            running.process.send_signal(signal.SIGHUP)
            version = read_artefact(live).version
            eventually(partial(seen, found, len(found), version))
        over.set()
        for thread in asking:
            thread.join()
        for version, body in found:
            assert version in models
            assert expected.setdefault(version, body) == body
            assert {result["model_version"] for result in json.loads(body)["results"]} == {version}
        assert len(expected) == 2
        assert len(found) > 50


def test_a_bad_model_is_refused_and_the_old_one_stays(artefact, other, at_risk, tmp_path):
    live = tmp_path / "live"
    shutil.copytree(artefact, live)
    with serving(tmp_path, "--model", live, "--workers", 1) as running:
        before = running.score(at_risk[:2]).body
        broken = tmp_path / "broken"
        shutil.copytree(other, broken)
        text = (broken / "model.txt").read_bytes()
        (broken / "model.txt").write_bytes(text.replace(b"0.1", b"0.2", 1))
        replace_model(live, broken)
        running.process.send_signal(signal.SIGHUP)
        eventually(lambda: any("that of before stays" in str(line.get("message")) for line in running.lines()))
        assert running.score(at_risk[:2]).body == before
        assert "damaged" in running.ask("GET", "/health/ready").json()["refused"]
        exits = tmp_path / "exits"
        shutil.copytree(other, exits)
        forging.sign(exits, label=forging.manifest_of(exits)["label"] | {"outcome": "exit"})
        replace_model(live, exits)
        running.process.send_signal(signal.SIGHUP)
        eventually(lambda: "its outcome is exit" in running.ask("GET", "/health/ready").json()["refused"])
        assert b"giants_models_refused_total 2.0" in running.ask("GET", "/metrics").body
        assert (status(running, "/health/ready"), running.score(at_risk[:2]).body) == (200, before)
        replace_model(live, other)
        running.process.send_signal(signal.SIGHUP)
        eventually(lambda: running.score(at_risk[:2]).body != before)
        assert running.ask("GET", "/health/ready").json() == {"ready": True}


def test_p17_a_registry_that_is_gone_after_the_start_stops_nothing(artefact, model, at_risk, tmp_path):
    impatient: dict[str, Any] = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "1", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    with contextlib.ExitStack() as there:
        registry = there.enter_context(registry_server.serving(artefact, model.manifest.digest))
        with serving(tmp_path, "--workers", 1, "--store", registry.address, **impatient) as running:
            before = running.score(at_risk[:2]).body
            there.close()
            for _ in range(2):
                seen = len(running.lines())
                running.process.send_signal(signal.SIGHUP)
                eventually(partial(stayed, running, seen))
                assert running.score(at_risk[:2]).body == before
            assert status(running, "/health/ready") == 200


def stayed(running: Running, seen: int) -> bool:
    """Whether the model watcher has said since that the model of before stays."""
    return any("that of before stays" in str(line.get("message")) for line in running.lines()[seen:])


def test_a_model_watcher_that_is_killed_is_started_again(artefact, other, at_risk, tmp_path):
    live = tmp_path / "live"
    shutil.copytree(artefact, live)
    with serving(tmp_path, "--model", live, "--workers", 1, "--poll", 60) as running:
        before = running.score(at_risk[:2]).body
        watcher = watcher_of(running)
        watcher.kill()
        eventually(lambda: watcher_of(running) not in (None, watcher))
        replace_model(live, other)
        running.process.send_signal(signal.SIGHUP)
        eventually(lambda: running.score(at_risk[:2]).body != before)


def watcher_of(running):
    """The model watcher's process, None while there is none."""
    for child in psutil.Process(running.process.pid).children():
        with contextlib.suppress(psutil.Error):  # it may end while it is looked at
            if child.name() == "giants-watcher" and child.status() != psutil.STATUS_ZOMBIE:
                return child
    return None
