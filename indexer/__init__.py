"""Documents in, ranked passages out. Knows no web, no database of people, no person."""
