"""Measure a face, judge it by the rules, coach the student."""
