"""The figures for whoever looks after Writer, and what they are told."""

from collections.abc import Callable

from writer.bootstrap.checks import free_bytes
from writer.domain.ports.health import WorkBoard
from writer.domain.usage import UsageEvent
from writer.providers.presets import BY_NAME
from writer.providers.registry import Registry
from writer.services.metrics import Metrics
from writer.services.usage import UsageBook
from writer.settings import Settings


def new_metrics(
    settings: Settings, work: WorkBoard, runner_alive: Callable[[], bool], registry: Callable[[], Registry]
) -> Metrics:
    """`registry` is asked later: it tells these figures of its calls, so it comes after them."""
    return Metrics(
        BY_NAME,
        version=settings.version,
        workload=work.workload,
        runner_alive=runner_alive,
        open_breakers=lambda: sum(status.state == "open" for status in registry().statuses()),
        free_bytes=lambda: free_bytes(settings.data_dir),
    )


def recorded(metrics: Metrics, book: UsageBook) -> Callable[[UsageEvent], None]:
    """Where each call is told: to both, the book last."""

    def record(call: UsageEvent) -> None:
        metrics.call(call)
        book.record(call)

    return record
