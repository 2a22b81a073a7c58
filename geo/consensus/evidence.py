"""How far a consensus carries: its level of evidence, and how many more drawings it needs."""

from geo.privacy_limits import MIN_PEOPLE

MIN_INDICATIVE, MIN_USABLE, MIN_SOLID = 10, 20, 30
"""Residents from which a level may be given at all."""

USABLE_REPEATABILITY, SOLID_REPEATABILITY = 0.80, 0.90
"""Repeatability of the core (50 %) from which a level may be given."""

HOPELESS_REPEATABILITY = 0.60
"""Below this, from `MIN_USABLE` residents on, they mean different neighbourhoods."""


def evidence_level(n: int, repeatability: float | None = None) -> str:
    """Return the level of evidence of a neighbourhood: by its residents and by how firm its core is.

    Heads alone say little: of 180 groups of thirty or more New Yorkers 40 hardly agree. With thirty and a
    repeatability of 0.90 the core has a median IoU of 0.955 with that of all others, and one group in 36
    stays under 0.80; with thirty heads alone it is one in 8.

    Parameters
    ----------
    n
        Number of residents; with weights the effective number.
    repeatability
        Of the core (50 %), see `geo.consensus.uncertainty.repeatability`; None where there is no core or
        where it is not known.

    Returns
    -------
    str
        "none" (nothing is shown) below 5; "first_impression" from 5; "indicative" from 10; "usable" from 20
        with a repeatability of at least 0.80; "solid" from 30 with at least 0.90. Without a core never above
        "indicative".

    Examples
    --------
    >>> [evidence_level(n, 1.0) for n in (4, 5, 10, 20, 30)]
    ['none', 'first_impression', 'indicative', 'usable', 'solid']
    >>> evidence_level(30, 0.5722), evidence_level(30, 0.85), evidence_level(30)
    ('indicative', 'usable', 'indicative')
    """
    firm = 0.0 if repeatability is None else repeatability
    if n >= MIN_SOLID and firm >= SOLID_REPEATABILITY:
        return "solid"
    if n >= MIN_USABLE and firm >= USABLE_REPEATABILITY:
        return "usable"
    if n >= MIN_INDICATIVE:
        return "indicative"
    return "first_impression" if n >= MIN_PEOPLE else "none"


def more_needed(n: int, repeatability: float | None) -> str:
    """Return the class of how many more residents a core needs to become "solid".

    The error of a core shrinks with the root of the residents, so n (e / 0.10)² of them are needed, where e
    is 1 - repeatability, and at least thirty. From one sample that number is known to a factor of two; so it
    is told in classes only.

    Parameters
    ----------
    n
        Number of residents.
    repeatability
        Of the core (50 %); None where there is no core.

    Returns
    -------
    str
        "enough"; "about_10" (up to 10 more); "10_to_30"; "over_30"; "no_help": twenty or more drew and mean
        different neighbourhoods (repeatability under 0.60), more would not help.

    Examples
    --------
    Of 20 with an error of 0.12: 20 x 1.2² = 28.8, but thirty at least. With 0.20: 80.

    >>> [more_needed(20, r) for r in (0.88, 0.80, 0.55)], more_needed(5, 1.0), more_needed(30, 0.9)
    (['about_10', 'over_30', 'no_help'], '10_to_30', 'enough')
    """
    error = 1.0 if repeatability is None else 1.0 - repeatability
    if n >= MIN_USABLE and error > 1.0 - HOPELESS_REPEATABILITY:
        return "no_help"
    # A millionth of a person is rounding.
    more = max(n * (error / (1.0 - SOLID_REPEATABILITY)) ** 2, MIN_SOLID) - n - 1e-6
    return "enough" if more <= 0 else "about_10" if more <= 10 else "10_to_30" if more <= 30 else "over_30"
