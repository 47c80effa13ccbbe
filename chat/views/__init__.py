"""Pages and fragments: guard first, then work, then render."""
