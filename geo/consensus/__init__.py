"""Where sketches agree."""
