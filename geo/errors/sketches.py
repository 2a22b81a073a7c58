"""Errors of sketches."""

from geo.errors.base import BuurtError

# --- A drawing ------------------------------------------------------------------------------------


class SketchError(BuurtError):
    """A drawing that cannot be a neighbourhood."""


class BrokenGeoJSON(SketchError):
    """What was sent is not a drawing in GeoJSON."""

    message = "the drawing is not GeoJSON: {reason}; send a Feature with a Polygon in degrees"


class DrawingEmpty(SketchError):
    """There is no drawing."""

    message = "the drawing has no points; draw at least three"


class DrawingIsPoint(SketchError):
    """All points of the drawing are the same place."""

    message = "the drawing is one point; draw around the neighbourhood"


class DrawingIsLine(SketchError):
    """The drawing goes to and fro and encloses no ground."""

    message = "the drawing has {n_points} different points but encloses no ground; draw round a place"


class DrawingNotFinite(SketchError):
    """A coordinate is not a number."""

    message = "the drawing has a coordinate that is not a finite number; draw it again"


class DrawingOutside(SketchError):
    """A point of the drawing lies outside the part of the world we look at."""

    message = (
        "the drawing has a point at ({lon:.4f}, {lat:.4f}), outside {west:g} to {east:g} east and "
        "{south:g} to {north:g} north; draw inside, or set other limits"
    )


class DrawingTooManyPoints(SketchError):
    """The drawing has more points than any hand makes."""

    message = "the drawing has {n_points:,} points, at most {most_points:,} are taken; simplify it"


class DrawingTooManyParts(SketchError):
    """The drawing has more areas, holes and strokes than any hand makes."""

    message = (
        "the drawing has {n_parts:,} parts, at most {most_parts:,} are taken; draw one line round the place"
    )


class DrawingTooManyCrossings(SketchError):
    """The outline crosses itself too often to be repaired."""

    message = "the outline crosses itself more than {most_crossings:,} times; draw one line round the place"


class SketchTooSmall(SketchError):
    """The drawing is smaller than the limits allow."""

    message = "the drawing covers {area_m2:,.2f} m2, more than {least_m2:,.2f} m2 is needed; draw it larger"


class SketchTooLarge(SketchError):
    """The drawing is larger than any neighbourhood."""

    message = "the drawing covers {area_km2:,.1f} km2, at most {most_km2:,.0f} km2 is taken; draw a part"
