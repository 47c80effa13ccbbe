"""`make test-foreign`: against servers that nobody here wrote; not part of `make test`."""
