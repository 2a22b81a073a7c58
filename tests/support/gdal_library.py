"""GDAL itself, as pyogrio brings it along: what it reads of a file that pyogrio has no function for."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyogrio

GDAL_OF_VECTOR = 0x04


def _library() -> ctypes.CDLL:
    place = Path(pyogrio.__file__).resolve().parent
    (file,) = (*place.parent.glob("pyogrio.libs/libgdal*.so*"), *place.glob(".dylibs/libgdal*.dylib"))
    return ctypes.CDLL(str(file))


def field_aliases(path: Path, layer: str) -> dict[str, str]:
    """Return the alternative name of every column of a layer, as GDAL reads it."""
    gdal = _library()

    def call(name: str, kind: Any = ctypes.c_void_p) -> Callable[..., Any]:
        function = getattr(gdal, name)
        function.restype = kind
        return function

    call("GDALAllRegister", None)()
    dataset = ctypes.c_void_p(call("GDALOpenEx")(str(path).encode(), GDAL_OF_VECTOR, None, None, None))
    assert dataset.value, path
    try:
        found = ctypes.c_void_p(call("GDALDatasetGetLayerByName")(dataset, layer.encode()))
        columns = ctypes.c_void_p(call("OGR_L_GetLayerDefn")(found))
        aliases = {}
        for place in range(call("OGR_FD_GetFieldCount", ctypes.c_int)(columns)):
            field = ctypes.c_void_p(call("OGR_FD_GetFieldDefn")(columns, place))
            name = call("OGR_Fld_GetNameRef", ctypes.c_char_p)(field).decode()
            aliases[name] = call("OGR_Fld_GetAlternativeNameRef", ctypes.c_char_p)(field).decode()
        return aliases
    finally:
        call("GDALClose", ctypes.c_int)(dataset)
