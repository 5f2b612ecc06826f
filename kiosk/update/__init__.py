"""How a booth gets a new version: signed releases, two slots, a trial, and the way back.

`slots`, `state`, `trial` and `guard` use the standard library alone: they run from the release
that has proved itself, before one that has not.
"""
