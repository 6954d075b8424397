"""How good contenders are, from votes on pairs, and how sure that is."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from writer.domain.playground import Ballot, Contender, Verdict

PRIOR_SD = 2.0
"""Of a strength before any vote, in log-odds: a chance of 0.88 against an average one is one deviation away."""

_Z = 1.959963984540054  # of a normal variable, 95 in 100 lie within
_ELO = 400 / math.log(10)
_MEAN = 1000.0
_SCORES = {Verdict.FIRST: 1.0, Verdict.SECOND: 0.0, Verdict.TIE: 0.5, Verdict.BOTH_BAD: 0.5}

Matrix = npt.NDArray[np.float64]
NameOf = Callable[[Contender], str]


@dataclass(frozen=True, slots=True)
class Rating:
    """`points` are on the scale of Elo: 1000 is average, 400 more is ten to one. The interval from `low` to `high`
    holds 95 in 100."""

    name: str
    points: float
    low: float
    high: float
    wins: int
    losses: int
    ties: int
    both_bad: int

    @property
    def votes(self) -> int:
        return self.wins + self.losses + self.ties + self.both_bad


def ratings(ballots: Sequence[Ballot], name_of: NameOf, prior_sd: float = PRIOR_SD) -> list[Rating]:
    """Best first. A vote on a pair whose names are the same says nothing and is left out."""
    pairs = [(name_of(one.first), name_of(one.second), one.verdict) for one in ballots]
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    names = sorted({name for pair in pairs for name in pair[:2]})
    if not names:
        return []
    number = {name: n for n, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)))
    for first, second, verdict in pairs:
        wins[number[first], number[second]] += _SCORES[verdict]
        wins[number[second], number[first]] += 1 - _SCORES[verdict]
    strengths, covariance = bradley_terry(wins, prior_sd)
    spread = _Z * _ELO * np.sqrt(np.diag(covariance))
    points = _MEAN + _ELO * strengths
    made = [
        Rating(name, float(points[n]), float(points[n] - spread[n]), float(points[n] + spread[n]), *_told(name, pairs))
        for name, n in number.items()
    ]
    return sorted(made, key=lambda rating: (-rating.points, rating.name))


def bradley_terry(wins: Matrix, prior_sd: float = PRIOR_SD) -> tuple[Matrix, Matrix]:
    """(strengths in log-odds, their covariance) of the model P(i beats j) = 1 / (1 + exp(s_j - s_i)) of R. A. Bradley
    and M. E. Terry (Rank analysis of incomplete block designs, Biometrika 39, 1952). `wins[i, j]` is how often i beat
    j; a tie is half a win for both (as in Chatbot Arena: W.-L. Chiang et al., 2024).

    Each strength has a normal prior round 0: then there is one answer also where somebody won every time or was never
    compared with some others, and the strengths sum to 0. It is found by Newton's method on the penalised
    log-likelihood, which is strictly concave. The covariance is the inverse of the observed information there, prior
    included (Laplace's approximation), of the strengths' distances to their mean: votes say nothing of the mean itself.
    """
    games = wins + wins.T
    ridge = np.eye(len(wins)) / prior_sd**2
    strengths: Matrix = np.zeros(len(wins))
    for _ in range(200):
        chance = 1 / (1 + np.exp(strengths[None, :] - strengths[:, None]))
        gradient = (wins - games * chance).sum(axis=1) - ridge @ strengths
        information = _information(games, chance) + ridge
        step = np.linalg.solve(information, gradient)
        strengths = strengths + step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if float(np.abs(step).max()) < 1e-10:
            break
    centred = np.eye(len(wins)) - 1 / len(wins)
    return strengths, np.asarray(centred @ np.linalg.inv(information) @ centred, np.float64)


def _information(games: Matrix, chance: Matrix) -> Matrix:
    weights = games * chance * (1 - chance)
    found: Matrix = np.diag(weights.sum(axis=1)) - weights
    return found


def _told(name: str, pairs: Sequence[tuple[str, str, Verdict]]) -> tuple[int, int, int, int]:
    """Wins, losses, ties, both bad."""
    mine = [(first == name, verdict) for first, second, verdict in pairs if name in (first, second)]
    won = sum(verdict is (Verdict.FIRST if is_first else Verdict.SECOND) for is_first, verdict in mine)
    lost = sum(verdict is (Verdict.SECOND if is_first else Verdict.FIRST) for is_first, verdict in mine)
    ties = sum(verdict is Verdict.TIE for _, verdict in mine)
    return won, lost, ties, len(mine) - won - lost - ties
