"""Streamlit's command, with an editor's page whose every run takes two seconds: what a slow panel would do."""

import time
from unittest.mock import patch

from streamlit.web.cli import main

from pages._shared import findings
from writer.domain.drafts import Draft

SLOW_S = 2.0
quick = findings.show_findings


def show_findings(draft: Draft) -> None:
    time.sleep(SLOW_S)
    quick(draft)


if __name__ == "__main__":
    with patch.object(findings, "show_findings", show_findings):
        main()
