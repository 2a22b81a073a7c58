"""How the laws of geometry are tried."""

from hypothesis import settings

# A busy neighbour on the machine is no failure, and fifty scribbles of a dozen people each tell enough.
settings.register_profile("geo", deadline=None, max_examples=50)
settings.load_profile("geo")
