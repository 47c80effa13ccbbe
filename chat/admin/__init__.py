"""The administration: Django's own, with our look, and without anybody's content."""
