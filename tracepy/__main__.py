"""`python -m tracepy`: the same as the command `tracepy`."""

import sys

from tracepy.cli.main import main

sys.exit(main())
