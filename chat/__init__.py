"""Chatsite's one Django app: an organisation's chat with the language models it pays for."""
