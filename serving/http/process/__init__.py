"""The processes of the service: server, workers, model watcher and watchdog."""
