"""The pages for people: students by their receipt, staff by their account."""
