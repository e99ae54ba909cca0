"""What `segstudio` sets before torch is loaded, so that what is measured is what a person gets; loops beside it too."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
