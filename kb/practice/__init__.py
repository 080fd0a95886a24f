"""Practice: a personal deck of objections and own mistakes, spaced by FSRS."""
