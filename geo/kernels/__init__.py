"""The same answers for very many drawings: compiled loops that take a chunk in and give a part out.

Nothing here says anything the plain shapely form does not say; these modules only say it sooner. Each has

* one function that takes a chunk and gives a partial answer, and a `merge` of partial answers that is
  associative, so chunks may be computed on several threads, processes or machines in any grouping;
* memory that depends on the chunk and the layer, never on the number of drawings;
* one way out: where floating point cannot tell for certain (a drawing that runs exactly over an official
  border, a bench exactly on an outline), that one drawing is computed by GEOS instead.

The modules import numba, which costs half a second and compiles at first use; so they are imported inside the
functions that need them, and importing this package imports none of them.

References
----------
The areas follow from Green's theorem, the certainty of each crossing from the error bound of J. R. Shewchuk,
Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates, Discrete & Computational
Geometry 18 (1997), table 1.
"""
