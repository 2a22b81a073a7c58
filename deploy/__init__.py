"""Recipes to run the app: image entry point, compose, Kubernetes, systemd and proxies."""
