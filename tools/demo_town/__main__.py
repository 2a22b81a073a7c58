"""Draw the town and write it where the program looks: `python -m tools.demo_town`."""

import sys
import tempfile
from pathlib import Path

import pyogrio

from layers.cache import LayerRecord, Manifest, fingerprint, municipality_folder
from tools.demo_town import master_plan
from tools.demo_town.generate import MADE_ON, Made, layers


def written(layer: Made, path: Path) -> LayerRecord:
    """Write one layer as small as it goes, and give its line in the lock.

    Without an index in the file: every layer is read whole, and half of so small a file would be index.
    """
    table = layer.table.reset_index() if layer.table.index.name else layer.table
    pyogrio.write_dataframe(
        table, path, layer=layer.name, driver="GPKG", layer_options={"SPATIAL_INDEX": "NO"}
    )
    found = pyogrio.read_dataframe(path, layer=layer.name)
    return LayerRecord(
        layer=layer.name,
        file=layer.file,
        key=layer.key,
        source=master_plan.SOURCE,
        licence=master_plan.LICENCE,
        date=layer.date,
        rows=len(found),
        sha256=fingerprint(found),
        fetched=MADE_ON,
        year=layer.year,
        attribution=master_plan.SOURCE,
        # It is all there is, so where nothing lies, there is nothing.
        coverage={master_plan.SOURCE: True},
    )


def main() -> None:
    """Write every layer of the town, then the lock."""
    code, name = master_plan.MUNICIPALITY
    home = municipality_folder(code)
    home.mkdir(parents=True, exist_ok=True)
    # Small pages and a fixed date: small files, and the same bytes again.
    pyogrio.set_gdal_config_options({"OGR_SQLITE_PRAGMA": "page_size=1024", "OGR_CURRENT_DATE": MADE_ON})
    entries: dict[str, LayerRecord] = {}
    with tempfile.TemporaryDirectory(dir=home, prefix=".draft-") as room:
        for layer in layers():
            entries[layer.name] = written(layer, Path(room) / layer.file)
            sys.stdout.write(f"{layer.file}: {layer.name}, {len(layer.table)} rows\n")
        for path in Path(room).glob("*.gpkg"):
            path.replace(home / path.name)
    Manifest(code, name, made_up=True, layers=entries).write()


if __name__ == "__main__":
    main()
