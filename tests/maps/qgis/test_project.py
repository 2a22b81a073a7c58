"""The project as a text: what QGIS needs of it, as its own files have it (in QGIS itself: test_real_qgis.py)."""

import io
import zipfile
from collections import Counter
from xml.etree import ElementTree

import i18n
from i18n.package import FieldWords, LayerWords, PackageWords
from maps.qgis.layout import sheet_extent
from maps.qgis.project import project_archive, qgis_files

W = i18n.get_translator("nl")
FIELDS = (
    FieldWords("name", "Naam", "Naam"),
    FieldWords("level", "Hoe stevig", "", (("solid", "stevig & vast"),)),
)
WORDS = PackageWords(
    title="Noord",
    about="150 tekenaars",
    rules="vanaf vijf",
    credit="© Kadaster",
    licence="CC0-1.0",
    division="buurt",
    crs="EPSG:28992",
    wkt="PROJCRS[...]",
    bounds=(0.0, 0.0, 1000.0, 500.0),
    layers=(
        LayerWords("ages", "Leeftijden", "", (FieldWords("age", "Leeftijd", ""),)),
        LayerWords("areas", "Gebieden", "area", FIELDS),
        LayerWords("cores_smooth", "Kernen", "area", FIELDS),
        LayerWords("wijk", "Wijken", "area", FIELDS[:1]),
    ),
)


def project() -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(project_archive(WORDS, "noord.gpkg", W))) as packed:
        return ElementTree.fromstring(packed.read("project.qgs"))


def test_each_layer_is_listed_once_everywhere() -> None:
    root = project()
    ids = [layer.findtext("id") for layer in root.iter("maplayer")]
    # What is seen lies above, what has no shape below.
    assert ids == [f"beleefde_buurt_{name}" for name in ("cores_smooth", "areas", "wijk", "ages")]
    # QGIS forgets a key of ten signs or fewer.
    assert all(len(str(key)) > 10 for key in ids)
    assert [layer.get("id") for layer in root.findall("layer-tree-group/layer-tree-layer")] == ids
    assert [layer.get("id") for layer in root.findall("layerorder/layer")] == ids
    assert {str(layer.findtext("datasource")) for layer in root.iter("maplayer")} == {
        f"./noord.gpkg|layername={layer.name}" for layer in WORDS.layers
    }


def test_a_layer_carries_its_words_and_its_licence() -> None:
    for layer in project().iter("maplayer"):
        name = str(layer.findtext("id")).removeprefix("beleefde_buurt_")
        (words,) = (one for one in WORDS.layers if one.name == name)
        aliases = [
            (one.get("field"), one.get("index"), one.get("name")) for one in layer.findall("aliases/alias")
        ]
        assert aliases == [(f.name, str(at), f.title) for at, f in enumerate(words.fields, start=1)]
        assert layer.findtext("resourceMetadata/license") == "CC0-1.0"
        assert (layer.find("renderer-v2") is None) == (not words.shape)
        maps = [one.get("name") for one in layer.findall(".//editWidget[@type='ValueMap']//Option[@value]")]
        assert maps == (["stevig & vast"] if len(words.fields) == 2 else [])


def test_the_sheet_names_whose_the_data_are() -> None:
    layout = project().find("Layouts/Layout")
    assert layout is not None
    kinds = Counter(item.get("type") for item in layout.iter("LayoutItem"))
    assert kinds == {"65638": 1, "65639": 1, "65640": 1, "65641": 3, "65642": 1, "65646": 1}
    texts = " ".join(item.get("labelText", "") for item in layout.iter("LayoutItem"))
    assert all(text in texts for text in (WORDS.title, WORDS.about, WORDS.rules, WORDS.credit, WORDS.licence))
    drawn = [layer.text for layer in layout.iter("Layer")]
    assert drawn == ["beleefde_buurt_cores_smooth", "beleefde_buurt_areas"]
    left, bottom, right, top = sheet_extent(WORDS.bounds)
    assert left < 0 < 1000 < right
    assert bottom < 0 < 500 < top


def test_the_same_package_gives_the_same_bytes() -> None:
    assert qgis_files(WORDS, "noord.gpkg", W) == qgis_files(WORDS, "noord.gpkg", W)
    assert "outline_style" in qgis_files(WORDS, "noord.gpkg", W).styles["areas"]
