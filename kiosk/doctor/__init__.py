"""What is wrong with this booth, and what to do about it."""
