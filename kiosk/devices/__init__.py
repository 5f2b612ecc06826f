"""A booth's devices, for whoever sets it up: what is plugged in, does it work, does it last."""
