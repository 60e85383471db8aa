"""`python -m trailbook`: the `trailbook` command."""

import sys

from trailbook.cli.main import main

sys.exit(main())
