"""The student's visit as a pure state machine."""
