"""Heavy work outside the process in which residents save: one executor, progress, cancel and single flight.

The executor is that of dask.distributed (docs/decisions/0010-jobs.md): by default of a cluster of worker processes on
this machine, started by the first heavy job, each with a limit of memory; with the setting ``BUURT_DASK`` of
the cluster that is there. Which work goes there is one rule, `runs_here`.
"""

from study.jobs.answers import DOCUMENT, begin_serving, heavy_answer, run, runs_here
from study.jobs.cluster import close, forget_answers
from study.jobs.parts import map_parts

__all__ = [
    "DOCUMENT",
    "begin_serving",
    "close",
    "forget_answers",
    "heavy_answer",
    "map_parts",
    "run",
    "runs_here",
]
