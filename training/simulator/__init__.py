"""A simulated economy whose true probabilities are known."""

from littlegiants.training.simulator.run import Simulation, simulate

__all__ = ["Simulation", "simulate"]
