"""`python -m writer …`."""

import sys

from writer.cli import main

if __name__ == "__main__":
    sys.exit(main())
