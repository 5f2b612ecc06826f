"""What a booth hands to those who help from afar: how it is, and nothing of who was there."""
