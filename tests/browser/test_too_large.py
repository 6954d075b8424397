"""What a person sees who drops a file that is too large for a source."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Opened, settled


def test_a_file_above_the_limit_is_refused_with_a_sentence_and_never_sent(visit: Opened, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(51 * 2**20)
    page = visit("/sources")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if "upload_file" in request.url else None)

    page.locator("input[type=file]").first.set_input_files(large)

    expect(page.get_by_text("File must be 50.0MB or smaller.")).to_be_visible()
    settled(page)
    assert "PUT" not in sent
    assert page.get_by_text("large", exact=True).count() == 0
