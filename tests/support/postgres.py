"""A PostgreSQL server of the test's own: a cluster in a temporary folder, reached through a socket there only."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

_START_S = 60.0
_NAMES = count()


def binaries() -> Path | None:
    """The folder with initdb and postgres, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    here = shutil.which("initdb")
    return Path(here).parent if here else None


class Cluster:
    """Use as a context manager. `settings` are lines of postgresql.conf."""

    def __init__(self, *settings: str) -> None:
        place = binaries()
        assert place is not None
        self._bin, self._settings = place, settings
        # A short path: a socket's may have 107 bytes, https://man7.org/linux/man-pages/man7/unix.7.html
        self.root = Path(tempfile.mkdtemp(prefix="rfpg", dir="/tmp"))
        self.data = self.root / "data"
        # PostgreSQL refuses to run as root.
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.root, nobody.pw_uid, nobody.pw_gid)
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.server: subprocess.Popen[bytes]

    def __enter__(self) -> Cluster:
        try:
            self._run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
            more = ["listen_addresses = ''", f"unix_socket_directories = '{self.root}'", *self._settings]
            with (self.data / "postgresql.conf").open("a") as file:
                file.write("\n".join(more) + "\n")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(self, "server"):
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.root)

    def start(self) -> None:
        """Waits until it answers; after a crash, until the processes of before are gone."""
        deadline = time.monotonic() + _START_S
        while not self._try_to_start(deadline):
            assert time.monotonic() < deadline, (self.root / "log").read_text()[-2000:]
            time.sleep(0.1)

    def _try_to_start(self, deadline: float) -> bool:
        with (self.root / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [self._bin / "postgres", "-D", self.data], stdout=log, stderr=log, cwd=self.root, **self._user
            )
        while self.server.poll() is None and time.monotonic() < deadline:
            if subprocess.run([self._bin / "pg_isready", "-q", "-h", self.root]).returncode == 0:
                return True
            time.sleep(0.02)
        return False

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends sessions in order, SIGQUIT at once without a checkpoint, SIGKILL as a power cut would."""
        self.server.send_signal(how)
        self.server.wait(_START_S)

    def copy_data(self, to: Path, *, back: bool = False) -> None:
        """Copies the stopped cluster's files, or puts such a copy back."""
        source, target = (to, self.data) if back else (self.data, to)
        shutil.rmtree(target, ignore_errors=True)
        subprocess.run(["cp", "-a", source, target], check=True)

    def database(self) -> str:
        """Makes an empty database; its name."""
        name = f"ledger{next(_NAMES)}"
        self.run("postgres", f"CREATE DATABASE {name}")
        return name

    def url(self, name: str, user: str = "postgres") -> str:
        return f"postgresql://{user}@/{name}?host={self.root}"

    def run(self, database: str, *statements: str) -> list[Any]:
        """Runs each statement by itself; the rows of the last. `database` is a name or a URL."""
        import asyncpg

        async def run() -> list[Any]:
            url = database if "://" in database else self.url(database)
            connection = await asyncpg.connect(url)
            try:
                return [await connection.fetch(statement) for statement in statements][-1]
            finally:
                await connection.close()

        return asyncio.run(run())

    def _run(self, program: str, *arguments: Any) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, text=True, cwd=self.root, **self._user
        )
        assert done.returncode == 0, done.stderr
