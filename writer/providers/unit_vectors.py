"""Numbers that a service sent, as the vectors that Writer stores."""

from collections.abc import Sequence

from writer.domain.errors import ProviderUnavailable


def unit_vectors(route: str, rows: Sequence[Sequence[float]], wanted: int) -> tuple[bytes, ...]:
    """float32, little-endian, of unit length. ProviderUnavailable when they are not `wanted` usable vectors of one
    length."""
    import numpy as np

    if len(rows) != wanted or len({len(row) for row in rows}) > 1:
        raise ProviderUnavailable(route, f"the service was asked for {wanted} vectors and sent something else.")
    try:
        matrix = np.array(rows, np.float64)
    except (TypeError, ValueError) as error:
        raise ProviderUnavailable(route, "the service sent vectors that are not made of numbers.") from error
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    if not matrix.size or not np.isfinite(lengths).all() or not lengths.all():
        raise ProviderUnavailable(route, "the service sent a vector that points nowhere.")
    return tuple(row.astype("<f4").tobytes() for row in matrix / lengths)
