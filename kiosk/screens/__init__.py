"""What the student and the staff see and touch."""
