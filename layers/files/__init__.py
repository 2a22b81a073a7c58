"""Files people hand us: looked at first, taken in after, and never trusted.

``inspect`` tells what a file seems to be and proposes; ``take`` carries it out and accounts for every
feature.
"""

from layers.files.detection.crs import CrsGuess
from layers.files.detection.own_exports import ANSWER
from layers.files.import_state import FeatureIssue, ImportResult
from layers.files.importing import import_layer
from layers.files.inspection import Inspection, inspect_file, read_table_rows
from layers.files.message_keys import KEYS
from layers.files.models import TRUSTED, UNTOLD, UPLOAD, FileLimits, TableHints

__all__ = [
    "ANSWER",
    "KEYS",
    "TRUSTED",
    "UNTOLD",
    "UPLOAD",
    "CrsGuess",
    "FeatureIssue",
    "FileLimits",
    "ImportResult",
    "Inspection",
    "TableHints",
    "import_layer",
    "inspect_file",
    "read_table_rows",
]
