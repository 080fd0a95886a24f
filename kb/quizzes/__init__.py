"""Quizzes: the bank of questions, drawing and grading, attempts, what questions are worth."""
