"""What a running worker holds: the model, the batch queue, its side of uploads, settings, metrics and logs."""
