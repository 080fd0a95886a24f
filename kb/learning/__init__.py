"""Paths of learning: what they consist of, who is on one, what is due, what is done."""
