"""Street names by theme, as a Dutch municipality hands them out: one theme a neighbourhood, no name twice."""

# ruff: noqa: E501  # tables read best with one thing a line

from collections.abc import Iterator

THEMES: dict[str, tuple[str, str]] = {
    "crafts": ("Bakker Brouwer Kuiper Smid Wever Leerlooier Zilversmid Pottenbakker Schrijnwerker Glazenmaker Zadelmaker Kaarsenmaker Goudsmid Klokkenmaker Mandenmaker Steenhouwer Boekbinder Tinnegieter Vergulder Ververs Hoedenmaker Molenaars Korenmeters Turfdragers Waagmeesters Schepenen", "straat plein hof steeg gang"),
    "rail": ("Perron Seinhuis Wissel Stoker Conducteurs Locomotief Remise Baanvak Telegraaf Spoorzicht Semafoor Rangeer Tender Bufferstop Wachters Dwarsligger Rijtuig Sneltrein Stoomfluit Ketel", "straat laan hof pad plein"),
    "ships": ("Botter Tjalk Schokker Klipper Kotter Punter Logger Praam Aak Hoeker Schouw Jol Hengst Blazer Zomp Galjoot Fluit Pinas Kof Smak Bom Buis Snik Hektjalk Vlet Steilsteven Lemmeraak Zalmschouw Kraak Boeier Barkas Brik", "erf hof pad wal"),
    "winds": ("Passaat Moesson Mistral Sirocco Zephyr Bries Windkracht Zeewind Landwind Stormvloed Noorden Westen Zuiden Windroos Kompas Luwte Bui Regenboog Wolken Avondrood Morgenrood Schemer Dauw Rijp Ochtendgloren Zonne Maan Poolster", "erf hof wende pad"),
    "sails": ("Fok Kluiver Grootzeil Bezaan Genua Topzeil Halstalie Schoot Giek Gaffel Mast Boegspriet Anker Kiel Roer Helmstok Luik Bolder Kabelgat Zwaard Spil Katrol Takel Reef Wimpel Vlaggen Lier Touwladder Kajuit Kombuis", "erf hof werf pad"),
    "fish": ("Snoek Baars Voorn Brasem Zeelt Karper Paling Spiering Snoekbaars Stekelbaars Winde Alver Kolblei Rietvoorn Meerval Forel Elrits Grondel Bot Schol Tong Haring Ansjovis Kabeljauw Zalm Bliek Zander Rivierkreeft", "erf hof weerd pad"),
    "birds": ("Merel Lijster Spreeuw Mees Vink Zwaluw Kievit Grutto Wulp Tureluur Reiger Lepelaar Aalscholver Meerkoet Fuut Valken Sperwer Buizerd Kiekendief Nachtegaal Leeuwerik Roodborst Winterkoning Putter Sijs Koekoek Specht Gors", "straat laan plein hof"),
    "trees": ("Beuken Linden Eiken Essen Iepen Kastanje Elzen Wilgen Populieren Berken Larix Ceder Sparren Acacia Meidoorn Vlier Hazelaar Lijsterbes Walnoten Platanen Esdoorn Haagbeuk Taxus Jeneverbes Abelen Moerbei", "laan straat plein hof"),
    "flowers": ("Tulpen Narcissen Rozen Dahlia Anemonen Krokus Hyacinten Lelie Gladiolen Irissen Violen Asters Anjer Margriet Pioen Lavendel Ridderspoor Akelei Fuchsia Begonia Camelia Hortensia Geranium Salvia", "straat laan hof pad"),
    "reeds": ("Lisdodde Kalmoes Gele-plomp Watermunt Zwanenbloem Pijlkruid Egelskop Biezen Waterviolier Krabbenscheer Dotterbloem Kattenstaart Waterdrieblad Zegge Mattenbies Fonteinkruid Waterweegbree Sterrenkroos Holpijp Moerasspirea", "singel laan kade straat"),
    "isles": ("Vlieland Pampus Marken Urk Schokland Wieringen Tiengemeten Rottum Griend Ameland Terschelling Texel Noorderhaaks Rozenburg Voorne Goeree Tholen Walcheren Schouwen Duiveland Beveland Overflakkee Putten Bolwerk", "eiland singel laan kade"),
    "herbs": ("Tijm Salie Rozemarijn Bieslook Dragon Kervel Munt Basilicum Oregano Dille Venkel Koriander Karwij Peterselie Marjolein Laurier Kamille Valeriaan Citroenmelisse Komijn Anijs Bernagie", "singel laan straat kade"),
    "insects": ("Vuurvlinder Dagpauwoog Atalanta Libel Waterjuffer Glazenmaker Parelmoer Citroenvlinder Koninginnepage Distelvlinder Weerschijn Zandoog Blauwtje Keizersmantel Heidelibel Bronlibel Schrijvertje Hommel Krekel Sprinkhaan Lieveheer Vliegend-hert", "singel laan straat kade"),
    "works": ("Ampere Volta Newton Watt Edison Faraday Celsius Kelvin Diesel Marconi Ohm Pascal Galilei Huygens", "weg straat"),
}  # fmt: skip


def names(theme: str) -> Iterator[str]:
    """Return street names of a theme, each once, the common endings first and mixed.

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(names("works"), 3))
    ['Ampereweg', 'Voltastraat', 'Newtonweg']
    """
    stems, endings = (part.split() for part in THEMES[theme])
    for turn in range(len(endings)):
        for place, stem in enumerate(stems):
            ending = endings[(place + turn) % len(endings)]
            yield f"{stem}{ending}".replace("-", " ") if " " not in stem else f"{stem} {ending}"
