"""From the still to the finished photo."""
