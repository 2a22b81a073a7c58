"""The real app and a real browser, for the tests of what people touch."""

from tests.browser import app, chromium, start_app, visiting

__all__ = ["app", "chromium", "start_app", "visiting"]
