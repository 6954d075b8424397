import json

import pytest
import yaml

from tests.services.test_drafts import ME, SOMEBODY_ELSE, a_draft, a_source
from writer.domain.drafts import Gap, Section
from writer.domain.errors import NotFound, UserMistake
from writer.domain.sources import Document, NewPassage, NewSource
from writer.services.drafts import Drafts
from writer.services.exports import Exports


@pytest.fixture
def stores(sqlite_stores):
    return sqlite_stores


@pytest.fixture
def drafts(stores):
    return Drafts(stores.drafts, stores.sources)


@pytest.fixture
def exports(drafts):
    return Exports(drafts)


def markdown(exports, draft):
    return exports.export(draft.id, "markdown", ME).content.decode()


def front_matter(text):
    return yaml.safe_load(text.split("---\n")[1])


@pytest.mark.parametrize(
    "title",
    [
        'Tides: a "short" guide #1',
        "- not a list",
        "{braces: yes}",
        "'quoted'",
        "yes",
        "2026-11-21",
        "a: b # c",
        "%percent & *star",
        "emoji 😀 and ümlaut",
        "--- x",
        "x" * 300,
    ],
)
def test_any_title_survives_the_front_matter(title, stores, exports):
    draft = a_draft(stores, Section("s1", "One", "Text."), title=title)

    assert front_matter(markdown(exports, draft))["title"] == title


def test_citations_become_footnotes_numbered_by_first_appearance(stores, exports):
    sea, moon, unused = a_source(stores, "Sea"), a_source(stores, "Moon"), a_source(stores, "Unused")
    text = f"Moon [[S{moon.id}.p2]]. Both [[S{sea.id}.p1, S{moon.id}.p2]]."
    draft = a_draft(stores, Section("s1", "One", text))

    exported = markdown(exports, draft)

    assert "## One\n\nMoon[^1]. Both[^2][^1].\n" in exported
    assert "[^1]: Moon, p. 3: “Passage 2 of Moon.”\n" in exported
    assert "[^2]: Sea, p. 3: “Passage 1 of Sea.”\n" in exported
    assert "Unused" not in exported
    assert unused.title == "Unused"


def test_a_footnote_says_what_the_source_says_of_itself_and_nothing_else(stores, exports):
    new = NewSource(
        "pdf", "On [tides] *now*", "t.pdf", "d", url="https://tides.example/a", authors="A. Moon", published="2024"
    )
    source = stores.sources.add(ME.user, new)
    passage = NewPassage(1, "Long words " * 30, (), 0, 0, 10, "x")
    stores.sources.put_document(source.id, Document(new.title, (), "", authors="A. Moon", published="2024"), [passage])
    draft = a_draft(stores, Section("s1", "One", f"A [[S{source.id}.p1]]."))

    note = markdown(exports, draft).splitlines()[-1]

    assert note.startswith(r"[^1]: On \[tides\] \*now\*, A. Moon, 2024, <https://tides.example/a>: “Long words")
    assert note.endswith(" …”")
    assert "p. 0" not in note


def test_a_deleted_source_is_named_where_it_was_cited(stores, exports):
    draft = a_draft(stores, Section("s1", "One", "A [[S99.p1]] b."))

    assert "A *(source deleted)* b." in markdown(exports, draft)


def test_a_gap_is_a_block_that_cannot_be_taken_for_prose(stores, exports):
    gap = Gap(("figures for 2024", "a second\nline"), ("tides 2024",))
    draft = a_draft(stores, Section("s1", "One", "", gap=gap))

    assert (
        "> **Not in the sources.** This part was left open:\n>\n> - figures for 2024\n> - a second line\n"
        ">\n> What to search for: “tides 2024”\n" in markdown(exports, draft)
    )


def test_introduction_and_conclusion_have_no_heading(stores, exports):
    draft = a_draft(stores, Section("i", "Introduction", "Hello.", role="introduction"), Section("s1", "One", "Text."))

    exported = markdown(exports, draft)

    assert "Introduction" not in exported
    assert exported.index("Hello.") < exported.index("## One")


def test_images_from_elsewhere_and_scripts_do_not_travel(stores, exports):
    text = "![x](https://evil.example/a.png) <script>alert(1)</script> `![code](x)`"
    draft = a_draft(stores, Section("s1", "One", text))

    exported = markdown(exports, draft)

    assert "Image: [x](https://evil.example/a.png)" in exported
    assert "<script" not in exported
    assert "`![code](x)`" in exported


def test_the_writers_own_footnotes_do_not_meet_ours(stores, exports):
    sea = a_source(stores, "Sea")
    draft = a_draft(stores, Section("s1", "One", f"Mine [^1] and [[S{sea.id}.p1]].\n\n[^1]: My note."))

    exported = markdown(exports, draft)

    assert "Mine [^s1-1] and[^1]." in exported
    assert "[^s1-1]: My note." in exported


@pytest.mark.parametrize("title", ["../../etc/passwd", "C:\\x", "a" * 400, "…", "CON", "naïve Ünïcode"])
def test_a_file_name_is_safe_everywhere(title, stores, exports):
    exported = exports.export(a_draft(stores, title=title).id, "markdown", ME)

    stem = exported.filename.removesuffix(".md")
    assert stem
    assert len(stem) <= 75
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_json_holds_all_provenance_and_nothing_of_the_installation(stores, exports):
    sea = a_source(stores, "Sea", blob="b" * 32)
    draft = a_draft(stores, Section("s1", "One", f"A [[S{sea.id}.p1]].", flags=("Look.",), route="openai:m"))

    exported = exports.export(draft.id, "json", ME)
    document = json.loads(exported.content)

    assert exported.media_type == "application/json"
    assert document["draft"]["brief"]["topic"] == "How tides work"
    assert document["draft"]["sections"][0]["route"] == "openai:m"
    assert document["references"][0]["passage"]["text"] == "Passage 1 of Sea."
    assert document["versions"][0]["origin"]["kind"] == "generated"
    assert "b" * 32 not in exported.content.decode()
    assert "owner_id" not in exported.content.decode()


def test_an_unknown_format_and_somebody_elses_draft_are_refused(stores, exports):
    draft = a_draft(stores)

    with pytest.raises(UserMistake, match="“doc” is not a format"):
        exports.export(draft.id, "doc", ME)
    with pytest.raises(NotFound):
        exports.export(draft.id, "markdown", SOMEBODY_ELSE)


def test_images_from_elsewhere_do_not_travel_in_headings_and_gap_cards_either(stores, exports):
    image = "![p](https://evil.example/p.png)"
    gap = Gap(missing=(f"Prices {image}",), suggested_queries=(f"prices {image}",))

    text = markdown(exports, a_draft(stores, Section("s1", f"<svg onload=x>One {image}", "Text.", gap=gap)))

    assert "![" not in text
    assert "<svg" not in text


def test_the_chosen_address_and_description_are_in_every_front_matter_and_file_name(stores, drafts, exports):
    draft = a_draft(stores, Section("one", "One", "Text."))
    drafts.set_details(draft.id, ME, description=" What pulls\nthe water. ", slug="tides")

    for kind in ("markdown", "hugo", "jekyll", "astro"):
        made = exports.export(draft.id, kind, ME)
        facts = front_matter(made.content.decode())
        assert (facts["slug"], facts["description"]) == ("tides", "What pulls the water.")
        assert made.filename.endswith("tides.md")


@pytest.mark.parametrize("slug", ["Big", "a b", "a--b", "-a", "a" * 76, "ä", "../up"])
def test_an_address_that_no_site_takes_is_refused_with_one_that_works(stores, drafts, slug):
    draft = a_draft(stores, Section("one", "One", "Text."))

    with pytest.raises(UserMistake, match="small letters"):
        drafts.set_details(draft.id, ME, description="", slug=slug)
    with pytest.raises(NotFound):
        drafts.set_details(draft.id, SOMEBODY_ELSE, description="", slug="")
