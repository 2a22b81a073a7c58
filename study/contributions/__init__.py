"""What residents send: submission, comparison and questionnaire."""
