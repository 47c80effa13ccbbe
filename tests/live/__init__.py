"""Tests of chat.live: nodes with real threads, a real database file and a real provider."""
