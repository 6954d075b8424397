from benchmarks.extractive import ours, score
from benchmarks.extractive_sets import samples
from tests.services.extractive.support import Shelf, written
from writer.documents.reader import IsolatedReader
from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.ports.sources import Embedder
from writer.samples import HERE, SAMPLES, brief_fields
from writer.services.extractive import ExtractiveDrafter


def test_every_sample_is_listed_and_can_be_read():
    on_disk = {path.name for path in HERE.iterdir() if path.suffix in {".md", ".txt"} and path.name != "README.md"}

    assert {sample.filename for sample in SAMPLES} == on_disk
    for sample in SAMPLES:
        kind = "markdown" if sample.path.suffix == ".md" else "text"
        document = IsolatedReader().read(sample.path, kind, sample.filename)
        assert document.title in (sample.title, "")


def test_the_readme_names_origin_and_licence():
    readme = (HERE / "README.md").read_text()
    assert "Written for this project" in readme
    assert "CC0 1.0" in readme
    assert all(f"`{sample.filename}`" in readme for sample in SAMPLES)


def test_every_sample_says_that_it_is_fictional():
    assert all("fictional" in sample.path.read_text() for sample in SAMPLES)


async def test_the_sample_brief_and_the_real_model_give_a_brief_that_keeps_to_its_headings(embedder: Embedder):
    case = samples(embedder, headings=True)[0]
    brief = Brief(**brief_fields())

    found = score([case], ours, embedder)
    article = await written(ExtractiveDrafter(Shelf(case.passages), embedder), brief, case.passages)

    assert found.off / found.quotes <= 0.15
    assert found.right_gaps == found.silenced == 1
    assert all(question in [s.heading for s in article.outline.sections] for question in brief.questions)
    assert len(cited_ids(article.whole)) >= 6
    assert "fictional" not in article.whole
    assert "900 homes on the hill" in article.whole, "the must-include of the sample brief"
