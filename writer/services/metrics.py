"""Figures for Prometheus. No label holds what a person chose or wrote: no names, no ids, no models, no addresses."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from writer.domain.errors import WriterError
from writer.domain.health import Workload
from writer.domain.usage import UsageEvent

if TYPE_CHECKING:
    from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CALL_S = (0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0)
_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class _Durations:
    """Counts of durations up to each edge, and their sum."""

    def __init__(self, edges: tuple[float, ...]) -> None:
        self._edges = edges
        self._counts = [0] * (len(edges) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(self._edges, seconds)] += 1
        self._sum += seconds

    def buckets(self) -> tuple[list[tuple[str, float]], float]:
        """(upper edge, how many were not longer), and the sum of all."""
        told, seen = [], 0
        for edge, count in zip((*map(str, self._edges), "+Inf"), self._counts, strict=True):
            seen += count
            told.append((edge, float(seen)))
        return told, self._sum


class Metrics:
    """`call` and `request` are told what happens in this process; the rest is asked when somebody looks. `providers`
    are the names that Writer itself gives to services: an account that a person named is "other"."""

    def __init__(
        self,
        providers: Collection[str],
        *,
        version: str,
        workload: Callable[[], Workload],
        runner_alive: Callable[[], bool],
        open_breakers: Callable[[], int],
        free_bytes: Callable[[], int],
    ) -> None:
        self._providers = frozenset(providers)
        self._version = version
        self._workload = workload
        self._runner_alive = runner_alive
        self._open_breakers = open_breakers
        self._free_bytes = free_bytes
        self._lock = threading.Lock()
        self._calls: Counter[tuple[str, str, str, str]] = Counter()
        self._tokens: Counter[tuple[str, str]] = Counter()
        self._micros: Counter[str] = Counter()
        self._unpriced: Counter[str] = Counter()
        self._call_times: dict[str, _Durations] = {}
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._request_times = _Durations(_REQUEST_S)

    def call(self, event: UsageEvent) -> None:
        provider = event.route.partition(":")[0]
        provider = provider if provider in self._providers else OTHER
        with self._lock:
            cached = "yes" if event.cached else "no"
            self._calls[provider, event.purpose.value, event.outcome.value, cached] += 1
            self._tokens[provider, "input"] += event.tokens.input
            self._tokens[provider, "output"] += event.tokens.output
            if event.cost_micros is None:
                self._unpriced[provider] += 1
            else:
                self._micros[provider] += event.cost_micros
            if not event.cached:
                self._call_times.setdefault(provider, _Durations(_CALL_S)).add(event.total_ms / 1000)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern of the address, never the address. A client may call its method what it likes."""
        with self._lock:
            self._requests[method if method in _METHODS else OTHER, route, str(status)] += 1
            self._request_times.add(seconds)

    def text(self) -> bytes:
        """In Prometheus's text format."""
        from prometheus_client import generate_latest
        from prometheus_client.registry import CollectorRegistry

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> "Iterable[Metric]":
        from prometheus_client.core import GaugeMetricFamily

        work = self._queue()
        gauges = (
            ("writer_database_up", "Whether the database answers.", float(bool(work))),
            ("writer_runner_alive", "Whether this process runs jobs.", float(self._runner_alive())),
            *work,
            ("writer_routes_resting", "Routes whose breaker or key rests in this process.", self._open_breakers()),
            ("writer_disk_free_bytes", "Free space where the data is.", self._free_bytes()),
        )
        info = GaugeMetricFamily("writer_info", "The version that runs.", labels=("version",))
        info.add_metric((self._version,), 1)
        yield info
        yield from (GaugeMetricFamily(name, text, value=value) for name, text, value in gauges)
        with self._lock:
            yield from [*self._of_calls(), *self._of_requests()]

    def _queue(self) -> tuple[tuple[str, str, float], ...]:
        """Nothing where the database does not answer: that is when the other figures are wanted most."""
        try:
            work = self._workload()
        except WriterError:
            return ()
        return (
            ("writer_runners", "Runners that were heard of in the last minute.", len(work.runners)),
            ("writer_steps_waiting", "Steps of jobs that could begin now.", work.waiting),
            ("writer_steps_running", "Steps of jobs that run now.", work.running),
            ("writer_queue_oldest_seconds", "How long the longest waiting job waits.", work.oldest_s),
        )

    def _of_calls(self) -> "Iterable[Metric]":
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        labels = ("provider", "purpose", "outcome", "cached")
        calls = CounterMetricFamily("writer_provider_calls", "Calls to models, cached ones too.", labels=labels)
        tokens = CounterMetricFamily("writer_provider_tokens", "Tokens.", labels=("provider", "direction"))
        cost = CounterMetricFamily("writer_provider_cost_usd", "Known cost.", labels=("provider",))
        unpriced = CounterMetricFamily("writer_provider_unpriced_calls", "Calls without price.", labels=("provider",))
        times = HistogramMetricFamily("writer_provider_call_seconds", "Whole calls.", labels=("provider",))
        for called, count in sorted(self._calls.items()):
            calls.add_metric(called, count)
        for used, count in sorted(self._tokens.items()):
            tokens.add_metric(used, count)
        for provider, micros in sorted(self._micros.items()):
            cost.add_metric((provider,), micros / 1_000_000)
        for provider, count in sorted(self._unpriced.items()):
            unpriced.add_metric((provider,), count)
        for provider, durations in sorted(self._call_times.items()):
            buckets, total = durations.buckets()
            times.add_metric((provider,), buckets, total)
        return calls, tokens, cost, unpriced, times

    def _of_requests(self) -> "Iterable[Metric]":
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        labels = ("method", "route", "status")
        requests = CounterMetricFamily("writer_http_requests", "Requests to the API.", labels=labels)
        for asked, count in sorted(self._requests.items()):
            requests.add_metric(asked, count)
        times = HistogramMetricFamily("writer_http_request_seconds", "Requests to the API, to their first byte.")
        buckets, total = self._request_times.buckets()
        times.add_metric((), buckets, total)
        return requests, times
