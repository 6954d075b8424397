"""Shared 8-word sequences when every section reaches for the same statistic: `python -m benchmarks.overlap`."""

from itertools import combinations

from benchmarks.report import exactly
from benchmarks.rooms import installation
from tests.support.scripted_server import ServerProcess
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.citations import TOKEN
from writer.domain.jobs import JobState
from writer.domain.text import words

RUN = 8


def runs(text: str) -> set[tuple[str, ...]]:
    said = words(TOKEN.sub(" ", text))
    return {tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)}


def main() -> None:
    with ServerProcess("tests.support.scripted_article:same_statistic") as server, installation(server.url) as app:
        job = app.articles.write(Brief(topic="Tidal power in harbour towns", words=900), LOCAL_ACTOR)
        for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
            pass
        end = app.jobs.get(job.id, LOCAL_ACTOR)
        if end.state is not JobState.DONE:
            raise SystemExit(f"the article did not get done: {end.error}")
        draft = app.drafts.open(job.draft_id, LOCAL_ACTOR)
        written = [
            str(step.result["text"])
            for step in app.jobs.steps(job.id, LOCAL_ACTOR)
            if step.kind == "article.section" and step.result
        ]
    at_first = sum(len(runs(a) & runs(b)) for a, b in combinations(written, 2))
    print(f"as the provider wrote them, the sections shared {at_first} sequences of {RUN} words")
    shared = sum(len(runs(a.text) & runs(b.text)) for a, b in combinations(draft.sections, 2))
    exactly("sections that kept text", sum(bool(section.text) for section in draft.sections), len(draft.sections))
    exactly("shared 8-word sequences between sections", shared, 0)


if __name__ == "__main__":
    main()
