"""Text that somebody typed never runs, neither as a template here nor as a script in a browser."""

from collections.abc import Sequence

import folium
import pytest
from branca.element import Figure

from geo.errors import TextInMap
from maps.interactive import folium_safety
from maps.interactive.leaflet_layers import (
    AreaLayer,
    BasemapLayer,
    DrawingLayer,
    FacilityLayer,
    NationalBasemap,
)

PAYLOADS = (
    "{{ 42*101 }}",
    "{% for x in range(3) %}x{% endfor %}",
    "50{% korting",
    "{{ cycler.__init__.__globals__ }}",
    "${alert(1)}",
    "`+alert(1)+`",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "'; alert(1); //",
    "\\u003cimg\\u003e",
)
SQUARE = {"type": "Polygon", "coordinates": [[[5.2, 52.5], [5.3, 52.5], [5.3, 52.6], [5.2, 52.5]]]}


def a_map() -> folium.Map:
    return folium.Map([52.5, 5.2], tiles=None)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_safe_text_has_no_sign_a_template_or_browser_acts_on(payload: str) -> None:
    assert not set("{}$`\\<>\"'") & set(folium_safety.safe_text(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_property_is_not_rendered_as_a_template(payload: str) -> None:
    """Even where text goes through folium after all, it comes out as it went in: 42*101 is not worked out."""
    folium_safety.harden_folium()
    drawn = a_map()
    feature = {"type": "Feature", "properties": {"name": payload}, "geometry": SQUARE}
    folium.GeoJson({"type": "FeatureCollection", "features": [feature]}).add_to(drawn)
    page = drawn.get_root().render()
    assert "4242" not in page
    assert "<img src=x" not in page
    assert page.count("</script><script>alert") == 0


@pytest.mark.parametrize("payload", PAYLOADS)
def test_elements_with_text_are_refused(payload: str) -> None:
    for child in (
        folium.Marker([52.5, 5.2], popup=payload),
        folium.Marker([52.5, 5.2], tooltip=payload),
        folium.Marker([52.5, 5.2], icon=folium.DivIcon(html=payload)),
        folium.LayerControl(),
        folium.GeoJson({"type": "Feature", "properties": {"name": payload}, "geometry": SQUARE}),
        folium.GeoJson({"type": "Feature", "properties": {payload: 1}, "geometry": SQUARE}),
    ):
        drawn = a_map()
        child.add_to(drawn)
        with pytest.raises(TextInMap):
            folium_safety.split_map(drawn)


def test_geometry_with_a_number_passes() -> None:
    drawn = a_map()
    feature = {"type": "Feature", "id": "1", "properties": {"share": 0.5}, "geometry": SQUARE}
    folium.GeoJson(feature, style_function=lambda _: {"color": "#a3195b"}).add_to(drawn)
    (piece,) = folium_safety.split_map(drawn).pieces
    assert "52.6" in piece.code
    assert piece.code.count("const map_0 = map;") == 1


def test_equal_layers_have_equal_digests_and_one_change_changes_one() -> None:
    """What the browser swaps is what changed: of four layers the second got another colour."""

    def digests(color: str) -> list[str]:
        layers = [
            BasemapLayer("geo/x"),
            DrawingLayer("own", SQUARE, color=color),
            AreaLayer("geo/y", "wijk"),
            NationalBasemap(),
        ]
        drawn = a_map()
        for layer in layers:
            layer.add_to(drawn)
        return [piece.digest for piece in folium_safety.split_map(drawn).pieces]

    one, same, other = digests("#000000"), digests("#000000"), digests("#ffffff")
    assert one == same
    assert [a == b for a, b in zip(one, other, strict=True)] == [True, False, True, True]


def test_names_do_not_depend_on_chance_nor_on_order() -> None:
    both = [AreaLayer("geo/y", "wijk"), FacilityLayer("geo/z", "bench")]

    def pieces(layers: Sequence[folium.map.Layer]) -> set[folium_safety.LayerScript]:
        drawn = a_map()
        for layer in layers:
            layer.add_to(drawn)
        return set(folium_safety.split_map(drawn).pieces)

    assert pieces(both) == pieces([FacilityLayer("geo/z", "bench"), AreaLayer("geo/y", "wijk")])


def test_hardened_folium_still_makes_whole_pages() -> None:
    """Exports are folium's own pages: hardening leaves them as they were."""
    folium_safety.harden_folium()
    drawn = a_map()
    folium.Polygon([[52.5, 5.2], [52.5, 5.3], [52.6, 5.3]]).add_to(drawn)
    root = drawn.get_root()
    assert isinstance(root, Figure)
    page = root.render()
    assert "L.polygon(" in page
    assert page.rstrip().endswith("</html>")
