"""Metadata after DCAT-AP-NL 3.0, as JSON-LD: what data.overheid.nl and other catalogues harvest.

A property that is not known is absent. Complete for the profile is the file once there is a publisher (who asks,
of the project), a contact, a licence and an address (settings): only then there is a distribution, since one
must say where it is.

References
----------
.. [1] Geonovum, DCAT-AP-NL 3.0, https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/
"""

import json
from typing import Any

from study.publishing.metadata.dataset import CORE_CELL_M, Dataset

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
LANGUAGES = {"nl": "NLD", "en": "ENG"}
DCAT_AP_NL = "https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/"
FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0"


def to_dcat(about: Dataset) -> str:
    """Return the metadata of an edition as JSON-LD after DCAT-AP-NL 3.0.

    Parameters
    ----------
    about
        As `study.publishing.metadata.dataset.describe` returns it.

    Returns
    -------
    str
        One dataset; with a distribution and a data service where the address of the server is known.
    """
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": about.identifier,
        "@type": "dcat:Dataset",
        "dct:identifier": about.identifier,
        **_described(about),
        "dct:issued": _date(about.day.isoformat()),
        "dct:modified": _date(about.day.isoformat()),
        "dcat:version": str(about.edition),
        "dct:provenance": [
            {
                "@type": "dct:ProvenanceStatement",
                "http://www.w3.org/2000/01/rdf-schema#label": _said(line, about),
            }
            for line in about.lineage
        ],
        "dct:spatial": _place(about),
        "dct:temporal": _period(about),
        "dcat:spatialResolutionInMeters": {"@value": str(CORE_CELL_M), "@type": "xsd:decimal"},
        "dct:conformsTo": _standard(about.crs),
        "dcat:distribution": _distribution(about),
    }
    return json.dumps(_without_gaps(found), ensure_ascii=False, indent=1) + "\n"


def _described(about: Dataset) -> dict[str, Any]:
    """Return what a dataset and its service have in common."""
    maker = {"@type": "foaf:Agent", "foaf:name": _said(about.publisher, about)} if about.publisher else None
    return {
        "dct:title": _said(about.title, about),
        "dct:description": _said(about.abstract, about),
        "dct:accessRights": {"@id": f"{AUTHORITY}/access-right/PUBLIC"},
        "dct:language": {"@id": f"{AUTHORITY}/language/{LANGUAGES[about.language]}"},
        "dcat:keyword": [_said(word, about) for word in about.keywords],
        "dcat:theme": [{"@id": f"{AUTHORITY}/data-theme/{theme}"} for theme in ("SOCI", "REGI")],
        "dct:publisher": maker,
        "dct:creator": maker,
        "dcat:contactPoint": _contact(about),
    }


def _contact(about: Dataset) -> dict[str, Any] | None:
    if not about.contact:
        return None
    way = "vcard:hasEmail" if about.contact.startswith("mailto:") else "vcard:hasURL"
    name = about.publisher or about.contact.removeprefix("mailto:")
    return {"@type": "vcard:Organization", "vcard:fn": name, way: {"@id": about.contact}}


def _distribution(about: Dataset) -> dict[str, Any] | None:
    if not about.service:
        return None
    licence = {"@id": about.licence_url} if about.licence_url else None
    rights = [
        {"@type": "dct:RightsStatement", "http://www.w3.org/2000/01/rdf-schema#label": _said(line, about)}
        for line in about.restrictions
    ]
    service = {
        "@id": f"{about.service}#service",
        "@type": "dcat:DataService",
        "dct:identifier": f"{about.service}#service",
        **_described(about),
        "dct:license": licence,
        "dct:conformsTo": {"@id": f"{FEATURES}/conf/core"},
        "dcat:endpointURL": {"@id": about.service},
        "dcat:endpointDescription": {"@id": f"{about.service}/openapi"},
        "dcat:servesDataset": {"@id": about.identifier},
    }
    return {
        "@id": f"{about.service}#geojson",
        "@type": "dcat:Distribution",
        "dct:title": _said(f"{about.title} (OGC API Features)", about),
        "dcat:accessURL": {"@id": about.service},
        "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/geo+json"},
        "dct:format": {"@id": f"{AUTHORITY}/file-type/GEOJSON"},
        "dct:license": licence,
        "dct:rights": rights,
        "dcat:accessService": service,
    }


def _place(about: Dataset) -> dict[str, Any] | None:
    if not about.bounds:
        return None
    west, south, east, north = (f"{side:.6f}" for side in about.bounds)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    box = f"POLYGON(({','.join(f'{x} {y}' for x, y in corners)}))"
    return {"@type": "dct:Location", "dcat:bbox": {"@value": box, "@type": "geo:wktLiteral"}}


def _period(about: Dataset) -> dict[str, Any] | None:
    if not about.years:
        return None
    first, _, last = about.years.partition("-")
    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": {"@value": first, "@type": "xsd:gYear"},
        "dcat:endDate": {"@value": last or first, "@type": "xsd:gYear"},
    }


def _standard(crs: str) -> dict[str, Any] | None:
    if not crs:
        return None
    return {"@id": f"http://www.opengis.net/def/crs/EPSG/0/{crs.removeprefix('EPSG:')}"}


def _said(text: str, about: Dataset) -> dict[str, str]:
    return {"@value": text, "@language": about.language}


def _date(text: str) -> dict[str, str]:
    return {"@value": text, "@type": "xsd:date"}


def _without_gaps(value: Any) -> Any:
    """Return the same without what is not known."""
    if isinstance(value, dict):
        return {key: _without_gaps(each) for key, each in value.items() if each not in (None, [], "")}
    return [_without_gaps(each) for each in value] if isinstance(value, list) else value
