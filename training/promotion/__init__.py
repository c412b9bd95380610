"""The gate between a trained model and the champion: a new model earns its place, or is refused with the reason."""
