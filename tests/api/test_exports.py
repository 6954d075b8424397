import io
import re

import pytest

from tests.support.shipped import docx_part
from writer.services.exports import FORMATS, STYLES


@pytest.mark.parametrize("kind", list(FORMATS))
def test_each_kind_of_file_is_a_download_that_no_browser_runs(kind, written):
    file = written.client.get(f"/drafts/{written.draft_id}/export/{kind}?style=author-date")

    assert file.status_code == 200
    assert file.headers["content-type"] == FORMATS[kind].media_type
    assert re.fullmatch(
        rf'attachment; filename="[a-z0-9-]+\.{FORMATS[kind].suffix}"', file.headers["content-disposition"]
    )
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]
    assert "allow-scripts" not in file.headers["content-security-policy"]
    assert (
        file.content == written.client.get(f"/drafts/{written.draft_id}/export?format={kind}&style=author-date").content
        or kind == "json"
    )


def test_the_print_view_is_shown_and_may_load_and_run_nothing(written):
    page = written.client.get(f"/drafts/{written.draft_id}/print")

    assert page.headers["content-disposition"].startswith("inline")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "@media print" in page.text


@pytest.mark.parametrize("path", ["export/exe", "export/html?style=apa", "print?style=apa"])
def test_what_is_not_known_is_refused_with_what_there_is(path, written):
    answer = written.client.get(f"/drafts/{written.draft_id}/{path}")

    assert answer.status_code == 422
    assert "choose one of" in answer.json()["detail"]


def test_somebody_elses_draft_has_no_file(written):
    for path in ("export/pdf", "print", "export"):
        assert written.client.get(f"/drafts/{'0' * 32}/{path}").status_code == 404


def test_a_file_becomes_a_draft_and_goes_out_again(client):
    text = "# Tides\n\n## High\n\nThe *moon* pulls.\n"

    made = client.post("/drafts/import", files={"file": ("tides.md", text.encode(), "text/markdown")})

    assert made.status_code == 201
    assert made.headers["location"].endswith(f"/drafts/{made.json()['id']}")
    assert made.headers["etag"] == f'"{made.json()["revision"]}"'
    assert [s["heading"] for s in made.json()["sections"]] == ["High"]
    word = client.get(f"/drafts/{made.json()['id']}/export/docx").content
    again = client.post("/drafts/import", files={"file": ("tides.docx", io.BytesIO(word), "application/zip")}).json()
    assert (again["title"], again["sections"][0]["text"]) == ("Tides", "The moon pulls.")
    assert "The " in "".join(part.text or "" for part in docx_part(word, "document").iter())


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"file": ("a.exe", b"MZ", "application/octet-stream")}},
        {"files": {"file": ("a.docx", b"no zip", "application/zip")}},
        {"data": {"file": "text"}},
    ],
)
def test_what_cannot_become_a_draft_is_refused_and_leaves_none(sent, client):
    before = len(client.get("/drafts").json())

    assert client.post("/drafts/import", **sent).status_code == 422
    assert len(client.get("/drafts").json()) == before


def test_styles_and_formats_are_what_the_description_says(client):
    described = client.get("/openapi.json").json()["paths"]["/drafts/{draft_id}/export"]["get"]["parameters"]
    told = {one["name"]: one["schema"].get("description", "") + one.get("description", "") for one in described}

    assert all(style in told["style"] for style in STYLES)
    assert all(kind in told["format"] for kind in FORMATS)
