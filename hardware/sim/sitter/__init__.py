"""The simulated sitter: pictures of four rendered people in known states, and their truth."""
