"""What holds for all tests: how long an example takes says nothing on a machine that does other things as well, and
Ctrl-C means the same to the programs that they start however they were started themselves.
"""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("calm")

# a shell that begins them in the background has them ignore it, and what they start would, too
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
