"""Documents in, ranked passages out: knows no web page, no database row and no person."""
