"""What is worn or lies over the face: glasses, tint, reflection, head cover, hair over brows."""
