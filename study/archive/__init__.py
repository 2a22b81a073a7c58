"""The archive package of a project: what may be kept of it, with checksums, for who keeps records."""
