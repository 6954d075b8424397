from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.errors import StorageError
from writer.domain.health import RunnerSign, Workload
from writer.domain.usage import Outcome, UsageEvent
from writer.services.metrics import Metrics

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRETS = ("ada@example.org", "job-77", "draft-5", "my-own-name", "a-private-model")


def a_call(route: str, cost: int | None = 2_000_000, cached: bool = False, ms: float = 700.0) -> UsageEvent:
    caller = Caller("ada@example.org", "job-77", "section:s1", "draft-5")
    tokens = Tokens(10, 5)
    return UsageEvent("e", NOON, caller, route, Purpose.SECTION, tokens, cost, 1.0, ms, Outcome.OK, "", cached)


def figures(metrics: Metrics) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(metrics.text().decode())
    return {(s.name, *(f"{k}={v}" for k, v in sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def some_work() -> Workload:
    return Workload(3, 2, 12.5, (RunnerSign("w", 1.0),))


def new_metrics(workload: Callable[[], Workload] = some_work) -> Metrics:
    return Metrics(
        ["openai", "gemini"],
        version="1.2",
        workload=workload,
        runner_alive=lambda: True,
        open_breakers=lambda: 1,
        free_bytes=lambda: 5000,
    )


def test_what_happens_is_counted_in_prometheus_format():
    metrics = new_metrics()
    metrics.call(a_call("openai:gpt"))
    metrics.call(a_call("openai:gpt", cost=None, ms=30_000))
    metrics.call(a_call("openai:gpt", cost=0, cached=True))
    metrics.request("GET", "/drafts/{draft_id}", 200, 0.02)

    found = figures(metrics)
    asked = ("outcome=ok", "provider=openai", "purpose=section")
    assert found["writer_provider_calls_total", "cached=no", *asked] == 2
    assert found["writer_provider_calls_total", "cached=yes", *asked] == 1
    assert found["writer_provider_cost_usd_total", "provider=openai"] == 2.0
    assert found["writer_provider_unpriced_calls_total", "provider=openai"] == 1
    assert found["writer_provider_tokens_total", "direction=input", "provider=openai"] == 30
    assert found["writer_provider_call_seconds_bucket", "le=1.0", "provider=openai"] == 1
    assert found["writer_provider_call_seconds_bucket", "le=+Inf", "provider=openai"] == 2
    assert found["writer_http_requests_total", "method=GET", "route=/drafts/{draft_id}", "status=200"] == 1
    assert found[("writer_steps_waiting",)] == 3
    assert found[("writer_queue_oldest_seconds",)] == 12.5
    assert found[("writer_routes_resting",)] == 1
    assert found["writer_info", "version=1.2"] == 1


def test_no_label_tells_of_a_person_and_names_of_ones_own_make_no_new_series():
    metrics = new_metrics()
    for number in range(50):
        metrics.call(a_call(f"my-own-name{number}:a-private-model"))

    text = metrics.text().decode()
    assert not any(secret in text for secret in SECRETS)
    series = [name for name in figures(metrics) if name[0] == "writer_provider_calls_total"]
    assert series == [("writer_provider_calls_total", "cached=no", "outcome=ok", "provider=other", "purpose=section")]


def test_a_method_that_a_client_made_up_makes_no_series_of_its_own():
    metrics = new_metrics()
    for number in range(50):
        metrics.request(f"METHOD{number}", "none", 405, 0.01)

    found = {name: value for name, value in figures(metrics).items() if name[0] == "writer_http_requests_total"}
    assert found == {("writer_http_requests_total", "method=other", "route=none", "status=405"): 50}


def test_without_the_database_the_other_figures_are_still_told():
    def broken() -> Workload:
        raise StorageError("The database is damaged.")

    metrics = new_metrics(broken)
    metrics.call(a_call("openai:gpt"))

    found, whole = figures(metrics), figures(new_metrics())
    assert (found[("writer_database_up",)], whole[("writer_database_up",)]) == (0, 1)
    assert ("writer_steps_waiting",) not in found
    assert found["writer_provider_cost_usd_total", "provider=openai"] == 2.0
