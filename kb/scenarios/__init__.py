"""Scenarios: branching customer conversations, played, scored by yes/no criteria, reviewed."""
