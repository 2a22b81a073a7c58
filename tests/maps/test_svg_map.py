"""Pictures as SVG that stand together in one file."""

import re

import geopandas as gpd
import shapely

from maps.static import svg_map


def picture(title: str, width_m: float) -> str:
    """Return a map with ground that is hatched."""
    area = gpd.GeoDataFrame(
        {"class": ["outside"], "name": [""]},
        geometry=[shapely.box(0, 0, width_m, 300)],
        crs="EPSG:28992",
    )
    layer = svg_map.SvgLayer(area, svg_map.LOOKS["outside"])
    return svg_map.render_svg([layer], around=area.geometry, ground={}, title=title, credit="")


def test_each_picture_of_a_file_has_a_hatching_of_its_own() -> None:
    """In the story as a file the first picture is hidden, and its hatching with it."""
    pictures = [picture("Een", 500), picture("Twee", 500), picture("Een", 700)]
    made = [re.findall(r'<pattern id="([^"]+)"', one) for one in pictures]
    assert len({name for (name,) in made}) == len(pictures)
    for one, (name,) in zip(pictures, made, strict=True):
        assert set(re.findall(r"url\(#([^)]+)\)", one)) == {name}
    assert picture("Een", 500) == pictures[0]
