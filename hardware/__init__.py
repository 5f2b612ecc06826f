"""Devices of the booth: one contract per kind, a driver per make, simulators beside them."""
