"""The parts of the search; its door is chat.domain.search."""
