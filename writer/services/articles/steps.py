"""The steps of an article's job: their names, their waves, and what their results hold."""

from collections.abc import Mapping, Sequence

from writer.domain.drafting import Drafted
from writer.domain.jobs import JsonObject, NewStep
from writer.domain.outlines import ArticlePlan, Outline
from writer.services.articles.codec import drafted_of, outline_json, outline_of, plan_of

KIND = "article"
OUTLINE = NewStep("outline", "article.outline", 0, "Outline")
REVIEW = NewStep("review", "article.review", 3, "Check for repetition")
SETTLE = NewStep("settle", "article.settle", 5, "Take out what is still repeated")
FRONTS = (
    NewStep("introduction", "article.introduction", 6, "Introduction"),
    NewStep("conclusion", "article.conclusion", 6, "Conclusion"),
    NewStep("headline", "article.headline", 6, "Title and description"),
)
ASSEMBLE = NewStep("assemble", "article.assemble", 7, "Put together")


def plan_step(outline: Outline, found: Mapping[str, Sequence[str]] | None = None) -> NewStep:
    """`found` are passage ids by section key, for sections whose passages are known already."""
    return NewStep("plan", "article.plan", 1, "Plan", {"outline": outline_json(outline), "found": dict(found or {})})


def section_steps(plan: ArticlePlan) -> tuple[NewStep, ...]:
    return tuple(
        NewStep(f"section:{row.key}", "article.section", 2, row.heading, {"section": row.key}) for row in plan.sections
    )


def repair_step(key: str, heading: str, faults: Sequence[str]) -> NewStep:
    return NewStep(
        f"repair:{key}", "article.repair", 4, f"Rewrite: {heading}", {"section": key, "faults": list(faults)}
    )


def outline_in(results: Mapping[str, JsonObject]) -> Outline:
    return outline_of(results["plan"]["outline"])


def plan_in(results: Mapping[str, JsonObject]) -> ArticlePlan:
    return plan_of(results["plan"]["plan"])


def written_in(results: Mapping[str, JsonObject], key: str) -> Drafted:
    """A section as it stands: settled, else repaired, else as first written."""
    settled = results.get("settle", {}).get("sections", {})
    if key in settled:
        return drafted_of(settled[key])
    return drafted_of(results.get(f"repair:{key}") or results[f"section:{key}"])
