"""Answers are kept once for all workers, bounded in number, size and time."""

import multiprocessing
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import JSON, Problem
from littlegiants.serving.http.runtime import kept_answers as module
from littlegiants.serving.http.runtime.kept_answers import KeptAnswer, KeptAnswers, Slot

ANSWER = KeptAnswer(200, JSON, b'{"results": []}')


def slot(key: str = "k", fingerprint: bytes = b"request", client: str = "") -> Slot:
    return Slot(client, key.encode(), fingerprint)


@pytest.fixture
def kept(tmp_path) -> KeptAnswers:
    return KeptAnswers(tmp_path / "answers.sqlite", Limits())


def refused(status: int, code: str, kept: KeptAnswers, again: Slot) -> Problem:
    with pytest.raises(Problem) as caught:
        kept.begin(again)
    assert (caught.value.status, caught.value.code) == (status, code)
    return caught.value


def rows(kept: KeptAnswers) -> int:
    with closing(sqlite3.connect(kept._path)) as file:
        return int(file.execute("SELECT count(*) FROM answers").fetchone()[0])


def test_the_first_computes_and_every_further_one_gets_its_bytes(kept, tmp_path):
    assert kept.begin(slot()) is None
    kept.keep(slot(), ANSWER)
    assert kept.begin(slot()) == ANSWER
    # Another worker reads the same file.
    assert KeptAnswers(tmp_path / "answers.sqlite", Limits()).begin(slot()) == ANSWER


def test_a_key_that_stands_for_another_request_is_refused(kept):
    kept.begin(slot())
    refused(409, "idempotency_conflict", kept, slot(fingerprint=b"other"))
    kept.keep(slot(), ANSWER)
    refused(409, "idempotency_conflict", kept, slot(fingerprint=b"other"))
    assert kept.begin(slot()) == ANSWER


def test_each_client_has_keys_of_its_own(kept):
    kept.keep(slot(client="a"), ANSWER)
    assert kept.begin(slot(client="b", fingerprint=b"other")) is None


def test_a_request_that_is_being_answered_has_to_come_again(kept):
    kept.begin(slot())
    problem = refused(409, "idempotency_in_progress", kept, slot())
    assert problem.headers == {"retry-after": "2"}
    kept.release(slot())
    assert kept.begin(slot()) is None


def test_the_request_of_a_worker_that_died_is_answered_anew(kept, monkeypatch):
    process = multiprocessing.get_context("fork").Process(target=kept.begin, args=(slot(),))
    process.start()
    process.join()
    assert rows(kept) == 1
    assert kept.begin(slot()) is None
    # And one that takes longer than any request may.
    monkeypatch.setattr(module, "_ABANDONED", 0.0)
    assert kept.begin(slot()) is None


def test_an_answer_is_kept_for_a_time(tmp_path):
    kept = KeptAnswers(tmp_path / "answers.sqlite", Limits(kept_seconds=0.0))
    kept.keep(slot(), ANSWER)
    assert kept.begin(slot(fingerprint=b"other")) is None


def test_the_oldest_make_room_and_one_client_has_a_tenth(tmp_path):
    kept = KeptAnswers(tmp_path / "answers.sqlite", Limits(kept_answers=40, kept_bytes=400))
    for turn in range(10):
        kept.keep(slot(f"{turn}", client="a"), KeptAnswer(200, JSON, b"x" * 10))
    assert rows(kept) == 4
    assert kept.begin(slot("9", client="a")) is not None
    for client in range(60):
        kept.keep(slot(client=f"{client}"), KeptAnswer(200, JSON, b"x" * 20))
    # 400 bytes hold 20 answers of 20.
    assert rows(kept) == 20
    assert kept.begin(slot(client="59")) is not None


def test_an_answer_without_room_is_not_kept_and_takes_no_other_ones(tmp_path):
    kept = KeptAnswers(tmp_path / "answers.sqlite", Limits(kept_bytes=400))
    kept.keep(slot("small"), ANSWER)
    kept.begin(slot("large"))
    kept.keep(slot("large"), KeptAnswer(200, JSON, b"x" * 41))
    assert kept.begin(slot("small")) == ANSWER
    assert kept.begin(slot("large")) is None


def test_where_nothing_can_be_kept_nothing_is_promised(tmp_path):
    refused(503, "overloaded", KeptAnswers(tmp_path / "gone" / "answers.sqlite", Limits()), slot())
    (tmp_path / "answers.sqlite").write_bytes(b"no database" * 100)
    refused(503, "overloaded", KeptAnswers(tmp_path / "answers.sqlite", Limits()), slot())


def _begin(path: Path, results) -> None:
    try:
        results.put("first" if KeptAnswers(path, Limits()).begin(slot()) is None else "again")
    except Problem as problem:
        results.put(problem.code)
    # It must live on for as long as others look: what a dead worker has begun is anybody's.
    results.join()
    os._exit(0)


def test_of_many_workers_at_once_one_computes(tmp_path):
    context = multiprocessing.get_context("fork")
    results = context.JoinableQueue()
    path = tmp_path / "answers.sqlite"
    workers = [context.Process(target=_begin, args=(path, results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    said = sorted(results.get() for _ in workers)
    for _ in workers:
        results.task_done()
    for worker in workers:
        worker.join()
    assert said == ["first", *["idempotency_in_progress"] * 3]
