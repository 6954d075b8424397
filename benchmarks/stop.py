"""From Stop to the last byte a provider sends us, before and after its first token: `python -m benchmarks.stop`."""

import time

from benchmarks.report import at_most
from benchmarks.rooms import installation
from tests.support.scripted_article import kind_of
from tests.support.scripted_replies import Asked, Reply
from tests.support.scripted_server import ServerProcess
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.jobs import JobState

REPEATS = 5
TOLD_WITHIN = 2.0


def before_the_first_token(asked: Asked) -> Reply:
    """Sections keep silent until the reader goes away; everything else is answered at once."""
    return _sections(asked, Reply(hold_after=0))


def after_the_first_token(asked: Asked) -> Reply:
    return _sections(asked, Reply(chunks=tuple(f"word{n} " for n in range(2000)), every_s=0.02))


def _sections(asked: Asked, reply: Reply) -> Reply:
    from tests.support.scripted_article import quick

    return reply if kind_of(asked) == "section" else quick(asked)


def seconds_to_silence(app: App, server: ServerProcess, number: int) -> float:
    """From the call of `stop` until the server has seen every open connection close."""
    server.forget()
    job = app.articles.write(Brief(topic=f"Harbour heat, stop {number}", words=900), LOCAL_ACTOR)
    while len([a for a in server.requests() if kind_of(a) == "section"]) < 6:
        time.sleep(0.02)
    time.sleep(0.3)  # into the middle of the streams
    pressed = time.monotonic()
    app.jobs.stop(job.id, LOCAL_ACTOR)
    time.sleep(TOLD_WITHIN)
    sections = [a for a in server.requests() if kind_of(a) == "section"]
    if any(a.disconnected_at is None for a in sections) or app.jobs.get(job.id, LOCAL_ACTOR).state != JobState.STOPPED:
        return float("inf")
    return max(a.disconnected_at - pressed for a in sections if a.disconnected_at)


def main() -> None:
    for moment in ("before_the_first_token", "after_the_first_token"):
        with ServerProcess(f"benchmarks.stop:{moment}") as server, installation(server.url) as app:
            worst = max(seconds_to_silence(app, server, number) for number in range(REPEATS))
        at_most(f"Stop to the last byte, {moment.replace('_', ' ')}, 6 sections, worst of {REPEATS}", worst, 0.3, " s")


if __name__ == "__main__":
    main()
