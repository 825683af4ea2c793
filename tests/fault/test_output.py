"""Nobody reads what the gateway prints (`ringfence up | head`): it works on, and still notices a withdrawn document."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from support import home
from support.client import Client, chat
from support.gateway import GatewayProcess
from support.needs import need
from support.vendor import ScriptedVendor

NOTICED_S = 10.0
READ_UNTIL = 'exec "$@" > >(while [ ! -e "$GONE" ]; do sleep 0.05; done) 2>&1'


def test_a_gateway_whose_output_is_not_read_works_on(tmp_path: Path) -> None:
    need(shutil.which("bash"), "bash is not installed")
    with ScriptedVendor() as service:
        home.write(tmp_path, service.port)
        key = home.key(tmp_path, "phi", needs_identity=True)
        gone = tmp_path / "gone"
        with GatewayProcess(tmp_path, wrap=["bash", "-c", READ_UNTIL, "bash"], env={"GONE": str(gone)}) as gateway:
            time.sleep(1)  # what is printed at the start has been read
            gone.touch()
            time.sleep(0.3)
            client = Client(gateway.port, key)
            for number in range(3):
                assert client.post(chat(f"Hello {number}.", "gpt-4o-baa")).effect == "ALLOW"
                time.sleep(0.4)  # the lines of these requests were to be printed by now
            (tmp_path / "register/documents/baa.toml").unlink()
            deadline_s = time.monotonic() + NOTICED_S
            while client.post(chat("Hello.", "gpt-4o-baa")).effect != "DENY":
                assert time.monotonic() < deadline_s, "a withdrawn document still counts"
                time.sleep(0.2)
            home.key(tmp_path, "general")
            time.sleep(1.5)
            assert client.post(chat("Hello.", "gpt-4o-baa")).effect == "DENY"
        assert gateway.process.returncode == 0
    assert [each["body"]["event"] for each in home.records(tmp_path) if each["phase"] == "notice"] == [
        "start", "register_or_policy_read", "keys_changed", "stop",
    ]  # fmt: skip
