"""The verbs: what involves more than one table, or leaves the process."""
