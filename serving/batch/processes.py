"""Work done by several processes at a time, each with one thread."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from littlegiants.ingest.errors import StopError
from littlegiants.serving.parentage import end_with_parent


def in_processes(
    work: Callable[..., None], tasks: Sequence[tuple[object, ...]], jobs: int | None = None
) -> Iterator[None]:
    """Do work for each task, and give something whenever one is done.

    Parameters
    ----------
    work
        A function of a module, called with a task's arguments. It is called in this process if one is enough.
    tasks
        The arguments of each call.
    jobs
        How many processes there are at most; by default one for each core that this process may use.

    Raises
    ------
    StopError
        If a process ends before its task, as when the system has no memory left. What a task raises is raised here.
    """
    several = min(jobs or len(os.sched_getaffinity(0)), len(tasks))
    if several < 2:
        for task in tasks:
            work(*task)
            yield
        return
    # Spawned: OpenMP hangs in a forked process.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(several, context, _begin) as pool:
        try:
            for done in as_completed([pool.submit(work, *task) for task in tasks]):
                done.result()
                yield
        except BrokenProcessPool:
            raise StopError(
                "a process of the job was ended, perhaps for want of memory; score by fewer --jobs"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _begin() -> None:
    end_with_parent("giants-score")
    os.environ["OMP_NUM_THREADS"] = "1"
    import pyarrow as pa

    pa.set_cpu_count(1)
