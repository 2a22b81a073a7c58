"""Distances as people walk them: along streets, with the leg from door to street."""
