"""Metadata after ISO 19115, written as ISO 19139 (XML), as the Dutch profile for geography orders it.

What is not known is said to be missing (``gco:nilReason``); no contact and no licence is made up.

References
----------
.. [1] Geonovum, Nederlands metadata profiel op ISO 19115 voor geografie, version 2.1
.. [2] ISO/TS 19139:2007, Geographic information: Metadata: XML schema implementation
"""

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from study.publishing.metadata.dataset import CORE_CELL_M, Dataset

GMD, GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
GML = "http://www.opengis.net/gml"
CODES = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml"
LANGUAGES = {"nl": "dut", "en": "eng"}

for _prefix, _address in (("gmd", GMD), ("gco", GCO), ("gml", GML)):
    register_namespace(_prefix, _address)


def to_iso19139(about: Dataset) -> bytes:
    """Return the metadata of an edition as ISO 19139.

    Parameters
    ----------
    about
        As `study.publishing.metadata.dataset.describe` returns it.

    Returns
    -------
    bytes
        XML in UTF-8; the same edition gives the same bytes.
    """
    root = Element(f"{{{GMD}}}MD_Metadata")
    _text(root, "fileIdentifier", about.identifier.removeprefix("urn:uuid:"))
    _code(root, "language", "LanguageCode", LANGUAGES[about.language])
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", "dataset")
    _party(root, "contact", about, "pointOfContact")
    _typed(_sub(root, "dateStamp"), "Date", about.day.isoformat())
    _text(root, "metadataStandardName", "ISO 19115")
    _text(root, "metadataStandardVersion", "Nederlands metadata profiel op ISO 19115 voor geografie 2.1")
    if about.crs:
        system = _sub(root, "referenceSystemInfo", "MD_ReferenceSystem", "referenceSystemIdentifier")
        _identified(system, "RS_Identifier", about.crs)
    _identification(root, about)
    _distribution(root, about)
    quality = _sub(root, "dataQualityInfo", "DQ_DataQuality")
    _code(_sub(quality, "scope", "DQ_Scope"), "level", "MD_ScopeCode", "dataset")
    _text(_sub(quality, "lineage", "LI_Lineage"), "statement", " ".join(about.lineage))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _identification(root: Element, about: Dataset) -> None:
    data = _sub(root, "identificationInfo", "MD_DataIdentification")
    citation = _sub(data, "citation", "CI_Citation")
    _text(citation, "title", about.title)
    dated = _sub(citation, "date", "CI_Date")
    _typed(_sub(dated, "date"), "Date", about.day.isoformat())
    _code(dated, "dateType", "CI_DateTypeCode", "publication")
    _text(citation, "edition", str(about.edition))
    _identified(_sub(citation, "identifier"), "MD_Identifier", about.identifier)
    _text(data, "abstract", about.abstract)
    _code(data, "status", "MD_ProgressCode", "completed")
    _party(data, "pointOfContact", about, "pointOfContact" if about.contact else "owner")
    _code(
        _sub(data, "resourceMaintenance", "MD_MaintenanceInformation"),
        "maintenanceAndUpdateFrequency",
        "MD_MaintenanceFrequencyCode",
        "asNeeded",
    )
    words = _sub(data, "descriptiveKeywords", "MD_Keywords")
    for word in about.keywords:
        _text(words, "keyword", word)
    _constraints(data, about)
    _code(data, "spatialRepresentationType", "MD_SpatialRepresentationTypeCode", "vector")
    distance = _sub(data, "spatialResolution", "MD_Resolution", "distance")
    _typed(distance, "Distance", str(CORE_CELL_M)).set("uom", "meter")
    _code(data, "language", "LanguageCode", LANGUAGES[about.language])
    _code(data, "characterSet", "MD_CharacterSetCode", "utf8")
    for topic in ("society", "boundaries"):
        _sub(data, "topicCategory", "MD_TopicCategoryCode").text = topic
    _extent(data, about)


def _constraints(data: Element, about: Dataset) -> None:
    legal = _sub(data, "resourceConstraints", "MD_LegalConstraints")
    for line in about.restrictions:
        _text(legal, "useLimitation", line)
    _code(legal, "useConstraints", "MD_RestrictionCode", "otherRestrictions")
    if about.licence:
        _text(legal, "otherConstraints", about.licence)
        _text(legal, "otherConstraints", about.licence_url)
    else:
        _sub(legal, "otherConstraints").set(f"{{{GCO}}}nilReason", "unknown")


def _extent(data: Element, about: Dataset) -> None:
    if not about.bounds and not about.years:
        return
    extent = _sub(data, "extent", "EX_Extent")
    if about.bounds:
        west, south, east, north = about.bounds
        box = _sub(extent, "geographicElement", "EX_GeographicBoundingBox")
        sides = {
            "westBoundLongitude": west,
            "eastBoundLongitude": east,
            "southBoundLatitude": south,
            "northBoundLatitude": north,
        }
        for name, side in sides.items():
            _typed(_sub(box, name), "Decimal", f"{side:.6f}")
    if about.years:
        first, _, last = about.years.partition("-")
        time = _sub(extent, "temporalElement", "EX_TemporalExtent", "extent")
        period = SubElement(time, f"{{{GML}}}TimePeriod", {f"{{{GML}}}id": "drawn"})
        SubElement(period, f"{{{GML}}}beginPosition").text = first
        SubElement(period, f"{{{GML}}}endPosition").text = last or first


def _distribution(root: Element, about: Dataset) -> None:
    distribution = _sub(root, "distributionInfo", "MD_Distribution")
    for name, version in (("GeoPackage", "1.3"), ("GeoJSON", "RFC 7946")):
        form = _sub(distribution, "distributionFormat", "MD_Format")
        _text(form, "name", name)
        _text(form, "version", version)
    if about.service:
        line = _sub(
            distribution, "transferOptions", "MD_DigitalTransferOptions", "onLine", "CI_OnlineResource"
        )
        _sub(line, "linkage", "URL").text = about.service
        _text(line, "protocol", "OGC:API features")
        _text(line, "name", about.title)


def _party(parent: Element, name: str, about: Dataset, role: str) -> None:
    if not about.publisher and not about.contact:
        _sub(parent, name).set(f"{{{GCO}}}nilReason", "missing")
        return
    party = _sub(parent, name, "CI_ResponsibleParty")
    if about.publisher:
        _text(party, "organisationName", about.publisher)
    if about.contact.startswith("mailto:"):
        address = _sub(party, "contactInfo", "CI_Contact", "address", "CI_Address")
        _text(address, "electronicMailAddress", about.contact.removeprefix("mailto:"))
    elif about.contact:
        line = _sub(party, "contactInfo", "CI_Contact", "onlineResource", "CI_OnlineResource")
        _sub(line, "linkage", "URL").text = about.contact
    _code(party, "role", "CI_RoleCode", role)


# --- Elements -------------------------------------------------------------------------------------


def _sub(parent: Element, *names: str) -> Element:
    """Return the innermost of elements that are put one in the other."""
    for name in names:
        parent = SubElement(parent, f"{{{GMD}}}{name}")
    return parent


def _typed(parent: Element, kind: str, text: str) -> Element:
    element = SubElement(parent, f"{{{GCO}}}{kind}")
    element.text = text
    return element


def _text(parent: Element, name: str, text: str) -> None:
    _typed(_sub(parent, name), "CharacterString", text)


def _code(parent: Element, name: str, codes: str, value: str) -> None:
    facts = {"codeList": f"{CODES}#{codes}", "codeListValue": value}
    element = SubElement(_sub(parent, name), f"{{{GMD}}}{codes}", facts)
    element.text = value


def _identified(parent: Element, kind: str, code: str) -> None:
    _text(_sub(parent, kind), "code", code)
