"""The visitor's session: sign-in, request context and browser state."""
