import pytest

from writer.cli.reports import failed_by_provider
from writer.domain.jobs import Step, StepState
from writer.services.jobs.runner import OUR_FAULT


@pytest.mark.parametrize(
    ("error", "requests", "providers"),
    [
        ("openai:gpt-5-mini: the key was refused.", 3, True),
        ("ollama:llama3.2:3b: nobody answers.", 0, True),
        ("The reply is not an outline.", 2, True),
        ("The disk is full.", 0, False),
        (OUR_FAULT, 2, False),
    ],
)
def test_only_a_provider_that_failed_is_reported_as_one(error, requests, providers):
    step = Step("job", "outline", "article.outline", 0, "Outline", StepState.FAILED, 1, {}, error=error)

    assert failed_by_provider([step], {"requests": requests}) is providers
