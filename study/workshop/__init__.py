"""Workshop sessions: live editions, story and offline kit."""
