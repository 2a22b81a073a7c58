"""Answers to planners' questions: pure functions of a study."""
