"""Publish a project and read its edition back, as files and pages do."""

from store import Actor
from study.publishing import editions
from study.publishing.publication import Publication, latest_publication

PLANNER = Actor("planner", account="test")


def published(project: str = "demo") -> Publication:
    editions.publish(project, by=PLANNER)
    return latest_publication(project)
