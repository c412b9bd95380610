"""Where the processes of a service begin."""

import psutil


def test_no_process_of_a_service_loads_scikit_learn_and_those_that_score_load_lightgbm(service):
    served = psutil.Process(service.process.pid)
    loaded = [
        {part for mapped in process.memory_maps() for part in mapped.path.split("/")}
        for process in (served, *served.children())
    ]
    assert sum("lib_lightgbm.so" in names for names in loaded) >= 3, loaded  # a worker, uploads, the model watcher
    assert not any("sklearn" in names for names in loaded)
