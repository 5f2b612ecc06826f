"""The simulated booth: a sitter whose pose is known, devices that see the scene, faults at will."""
