"""The folder that holds the engine's socket: private to this user, and short enough for a socket's path."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from ringfence.vocabulary.errors import ConfigurationError

SOCKET = "engine.sock"
# sun_path is 108 bytes on Linux and 104 on macOS, with the closing zero:
# https://man7.org/linux/man-pages/man7/unix.7.html
MAX_PATH_BYTES = 100


def short_enough(folder: Path) -> Path:
    """`folder`, or where a socket in it would have too long a path, one under the system's folder for such things.

    The same folder always gives the same short one, so that a restart leaves nothing behind.
    """
    folder = folder.absolute()
    if len(os.fsencode(folder / SOCKET)) <= MAX_PATH_BYTES:
        return folder
    name = f"ringfence-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108  (see prepare)
        if base and Path(base).is_dir() and len(os.fsencode(Path(base) / name / SOCKET)) <= MAX_PATH_BYTES:
            return Path(base) / name
    raise ConfigurationError(
        "No folder is short enough for the embedded model's socket", remedy="Set RINGFENCE_HOME to a shorter path."
    )


def prepare(folder: Path) -> None:
    """Make `folder` with mode 0700. Raises ConfigurationError where it can't be made, or belongs to somebody else.

    INVARIANT: nobody else may enter, so nobody else can reach the engine, or put a socket of theirs in its place.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise ConfigurationError(
                f"The folder {folder} for the embedded model's socket belongs to somebody else",
                remedy="Remove it, or set RINGFENCE_HOME to another folder.",
            )
        folder.chmod(0o700)
    except OSError as error:
        raise ConfigurationError(
            f"The folder {folder} for the embedded model's socket can't be made: {error.strerror or 'unknown error'}",
            remedy="Set RINGFENCE_HOME to a folder that the gateway may write.",
        ) from None
