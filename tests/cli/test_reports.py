import pytest

from writer.cli.reports import failed_by_provider
from writer.domain.errors import (
    MissingKey,
    ProviderUnavailable,
    ReplyInvalid,
    SourceRefused,
    StorageError,
    WriterError,
    kind_of,
)
from writer.domain.jobs import Step, StepState


@pytest.mark.parametrize(
    ("error", "providers"),
    [
        (ProviderUnavailable("openai:gpt-5-mini", "nobody answers."), True),
        (ReplyInvalid("The reply is not an outline."), True),
        (StorageError("openai:gpt-5-mini: it only looks like a route."), False),
        (MissingKey("The route needs a key."), False),
        (SourceRefused("There is no text in it."), False),
        (WriterError("Something else."), False),
    ],
)
def test_only_a_provider_that_failed_is_reported_as_one(error, providers):
    kind = kind_of(error)
    step = Step(
        "job", "outline", "article.outline", 0, "Outline", StepState.FAILED, 1, {}, error=str(error), error_kind=kind
    )

    assert failed_by_provider([step]) is providers


def test_a_fault_of_a_step_that_succeeded_later_does_not_count():
    done = Step("job", "a", "article.section", 2, "A", StepState.DONE, 2, {}, error_kind="provider")

    assert not failed_by_provider([done])
