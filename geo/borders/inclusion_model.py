"""What makes a border: what keeps the next square from belonging to somebody's neighbourhood.

From the home outward every square that touches a square of the neighbourhood nearer home is *at risk*: it is
taken in or left out. How likely it is left out depends on how far it lies, on what must be crossed to come
there, and on the person, who draws large or small. The person's own size must be in the model: without it all
effects come out too small.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp, ndtri, roots_hermitenorm

DISTANCE = "log_distance"
"""Column of the logarithm of the distance from home."""

INTERCEPT = "intercept"

N_NODES = 9
"""Points of the quadrature over the person's own size, placed where each person's likelihood is."""

_NEWTON_STEPS = 12
_MIN_SIGMA, _MAX_SIGMA = 0.02, 5.0
_LARGEST_ETA, _SMALLEST_ETA = 6.0, -30.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class InclusionModel:
    """A fitted inclusion model.

    Attributes
    ----------
    coefficients
        By name, among them "intercept" and "log_distance"; on the complementary log-log scale.
    covariance
        Of the coefficients and the logarithm of `sigma`, in that order.
    sigma
        Standard deviation of the persons' own size.
    n_persons, n_rows
        What it rests on.
    converged
        Whether the maximum was found.
    """

    coefficients: "pd.Series[float]"
    covariance: Floats
    sigma: float
    n_persons: int
    n_rows: int
    converged: bool


def inclusion_model(
    left_out: NDArray[np.bool_], crossings: pd.DataFrame, log_distance: Floats, person: NDArray[np.int64]
) -> InclusionModel:
    """Fit how likely a square at risk is left out, with an intercept for each person [1]_.

    P(left out) = 1 - exp(-exp(a + x b + c ln d + u)), with u normal(0, sigma) for each person: maximum
    likelihood, the integral over u by adaptive Gauss-Hermite quadrature [2]_. No person's own effect is returned.

    Parameters
    ----------
    left_out
        One value per square at risk.
    crossings
        Same rows: one column per thing that may lie between, 0 or 1.
    log_distance
        Logarithm of the distance from home to the square.
    person
        Number of the person, from 0.

    Returns
    -------
    InclusionModel
        Coefficients, their covariance and sigma.

    References
    ----------
    .. [1] C. McCartan, J.R. Brown, K. Imai, Measuring and modeling neighborhoods, American Political Science
       Review 118 (2024).
    .. [2] J.C. Pinheiro, D.M. Bates, Approximations to the log-likelihood function in the nonlinear
       mixed-effects model, Journal of Computational and Graphical Statistics 4 (1995).
    """
    order = np.argsort(person, kind="stable")
    x = np.column_stack([np.ones(len(person)), crossings.to_numpy(dtype=np.float64), log_distance])[order]
    fit = _Likelihood(x, left_out[order].astype(bool), np.unique(person[order], return_inverse=True)[1])
    start = np.zeros(x.shape[1] + 1)
    start[0], start[-2], start[-1] = (
        np.log(-np.log(1 - np.clip(left_out.mean(), 0.01, 0.99))),
        0.0,
        np.log(0.5),
    )
    bounds = [(-20.0, 20.0)] * x.shape[1] + [(np.log(_MIN_SIGMA), np.log(_MAX_SIGMA))]
    found = minimize(fit.cost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300})
    names = [INTERCEPT, *map(str, crossings.columns), DISTANCE]
    return InclusionModel(
        coefficients=pd.Series(found.x[:-1], names),
        covariance=np.asarray(np.linalg.pinv(fit.information(found.x)), dtype=np.float64),
        sigma=float(np.exp(found.x[-1])),
        n_persons=fit.n,
        n_rows=len(person),
        converged=bool(found.success),
    )


def seeming_distance(model: InclusionModel, name: str, *, level: float = 0.90) -> tuple[float, float, float]:
    """Return how many times as far a square seems when a thing lies between, with its interval.

    exp(b / c): the factor on the distance that makes a square as unlikely to be taken in as the thing does.

    Parameters
    ----------
    model
        Result of :func:`inclusion_model`.
    name
        Column of the crossings.
    level
        Coverage of the interval (by the delta method, on the logarithm).

    Returns
    -------
    tuple
        Factor, low, high; NaN where a longer way does not make a square less likely: then nothing can be said in
        metres.

    Examples
    --------
    >>> coefficients = pd.Series({"intercept": -4.0, "rail": 0.8, "log_distance": 0.8})
    >>> model = InclusionModel(coefficients, np.zeros((4, 4)), 0.5, 60, 9000, True)
    >>> [round(one, 3) for one in seeming_distance(model, "rail")]
    [2.718, 2.718, 2.718]
    """
    b, c = float(model.coefficients[name]), float(model.coefficients[DISTANCE])
    at, far = (model.coefficients.index.get_loc(one) for one in (name, DISTANCE))
    if c <= 0:
        return np.nan, np.nan, np.nan
    slope = np.zeros(len(model.covariance))
    slope[at], slope[far] = 1 / c, -b / c**2
    half = float(ndtri((1 + level) / 2) * np.sqrt(max(float(slope @ model.covariance @ slope), 0.0)))
    middle = b / c
    low, factor, high = np.exp([middle - half, middle, middle + half]).tolist()
    return factor, low, high


class _Likelihood:
    """The likelihood of the rows of all persons, with its slope."""

    def __init__(self, x: Floats, left_out: NDArray[np.bool_], person: NDArray[np.int64]) -> None:
        self.x, self.y, self.person = x, left_out, person
        self.n = int(person.max()) + 1
        nodes, weights = roots_hermitenorm(N_NODES)
        self.nodes = np.asarray(nodes, dtype=np.float64)
        # Weights of a plain integral: the normal density of the nodes is divided out again.
        self.log_weights = np.log(weights) + self.nodes**2 / 2
        self.modes = np.zeros(self.n)

    def _of_persons(self, rows: Floats) -> Floats:
        return np.asarray(np.bincount(self.person, rows, minlength=self.n), dtype=np.float64)

    def _terms(self, eta: Floats) -> tuple[Floats, Floats, Floats]:
        """Return log-likelihood, slope and curvature of every row in eta."""
        hazard = np.exp(np.clip(eta, _SMALLEST_ETA, _LARGEST_ETA))
        left = np.broadcast_to(self.y[:, None] if eta.ndim > 1 else self.y, eta.shape)
        # h / (e^h - 1): the slope where a square is left out.
        rest = hazard / np.expm1(hazard)
        value = np.where(left, np.log(-np.expm1(-hazard)), -hazard)
        slope = np.where(left, rest, -hazard)
        bend = np.where(left, rest * (1 - hazard / -np.expm1(-hazard)), -hazard)
        return value, slope, bend

    def _find_modes(self, eta: Floats, sigma: float) -> Floats:
        """Move the modes to the likeliest size of every person, and return the spread there."""
        u, curvature = self.modes, np.ones(self.n)
        for _ in range(_NEWTON_STEPS):
            _, slope, bend = self._terms(eta + u[self.person])
            gradient = self._of_persons(slope) - u / sigma**2
            curvature = np.maximum(-self._of_persons(bend), 0.0) + 1 / sigma**2
            step = np.clip(gradient / curvature, -1.0, 1.0)
            u = u + step
            if np.abs(step).max() < 1e-8:
                break
        self.modes = u
        return 1 / np.sqrt(curvature)

    def cost(self, theta: Floats) -> tuple[float, Floats]:
        """Return minus the log-likelihood and its slope."""
        beta, sigma = theta[:-1], float(np.exp(theta[-1]))
        eta = self.x @ beta
        spread = self._find_modes(eta, sigma)
        u = self.modes[:, None] + spread[:, None] * self.nodes
        value, slope, _ = self._terms(eta[:, None] + u[self.person])
        joint = np.column_stack([self._of_persons(column) for column in value.T])
        joint += self.log_weights - u**2 / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))
        joint += np.log(spread)[:, None]
        total = logsumexp(joint, axis=1)
        share = np.exp(joint - total[:, None])
        pull = (slope * share[self.person]).sum(axis=1)
        gradient = np.append(self.x.T @ pull, (share * (u**2 / sigma**2 - 1)).sum())
        return -float(total.sum()), -gradient

    def information(self, theta: Floats) -> Floats:
        """Return the observed information: minus the curvature of the log-likelihood."""
        step, rows = 1e-4, []
        for at in range(len(theta)):
            ends = []
            for sign in (-1, 1):
                moved = theta.copy()
                moved[at] += sign * step
                ends.append(self.cost(moved)[1])
            rows.append((ends[1] - ends[0]) / (2 * step))
        half = np.array(rows)
        return (half + half.T) / 2
