"""What a running worker holds: the model, the batch queue, settings, metrics and logs."""
