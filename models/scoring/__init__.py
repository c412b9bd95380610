"""From a feature matrix to calibrated probabilities, intervals and reasons."""
