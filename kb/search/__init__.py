"""Search for people: rights, query language, hydration, log."""
