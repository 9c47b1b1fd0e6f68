"""Dovecot itself on loopback, with a folder of its own: what the desk meets at most of its customers."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.doubles.mail.smtp import PASSWORD
from tests.ports import Port

PROGRAM = "/usr/sbin/dovecot"
PATIENCE = 60.0

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
auth_mechanisms = plain login
auth_failure_delay = 0
disable_plaintext_auth = no
ssl = {ssl}
{certificate}
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 0
mail_location = maildir:{folder}/mail/%u
mailbox_idle_check_interval = 1 secs
# Made where it is missing, as no packaged default is read here.
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = .
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service anvil {{
  chroot =
  # Whoever gives a wrong password waits for seconds, or else.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


def is_installed() -> bool:
    return Path(PROGRAM).exists()


class Dovecot:
    """Every user may sign in with PASSWORD and has an empty mailbox. `prefix` is what their folders' names begin with;
    with a `certificate` (and its key, in one file) it speaks TLS, on `tls_port` and by STARTTLS."""

    def __init__(self, certificate: Path | None = None, prefix: str = "") -> None:
        self._ports = Port(), Port()
        self.port, self.tls_port = (one.number for one in self._ports)
        self._certificate = certificate
        self._prefix = prefix
        self._process: subprocess.Popen[bytes] | None = None
        # Its processes run as several users, who all pass through; and names of sockets must be short.
        self._folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
        self._folder.chmod(0o711)
        self._delivered = 0

    def __enter__(self) -> Self:
        (self._folder / "mail").mkdir()
        (self._folder / "dovecot.conf").write_text(self._config(), encoding="utf-8")
        self.up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self.down()
        for port in self._ports:
            port.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def up(self) -> None:
        """Start it, and wait until it takes connections."""
        self._process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self._folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"Dovecot does not start.\n{self.told}")
            time.sleep(0.01)

    def down(self) -> None:
        """End it, and every connection to it."""
        process, self._process = self._process, None
        if process is not None:
            # Its helpers would end in their own time, and keep their connections until then.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)
            (self._folder / "run" / "master.pid").unlink(missing_ok=True)

    def settings(self, user: str, **rest: Any) -> dict[str, Any]:
        """A mailbox's section of the desk's settings."""
        usual = {"host": "localhost", "port": self.port, "security": "none", "user": user, "password": PASSWORD}
        return {**usual, "address": f"{user}@example.com", **rest}

    @property
    def told(self) -> str:
        log = self._folder / "log"
        return log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else ""

    # --- a user's mailbox -------------------------------------------------------------------------------------------

    def deliver(self, user: str, raw: bytes, *, seen: bool = False, arrived: datetime | None = None) -> None:
        """As a mail server does: written aside, then moved into the Maildir whole. By default it arrives now."""
        box = self._box(user)
        self._delivered += 1
        name = f"{int(time.time())}.M{self._delivered:06d}P{os.getpid()}.localhost"
        beside = box / "tmp" / name
        beside.write_bytes(raw)
        self._owned(beside)
        if arrived is not None:
            os.utime(beside, (arrived.timestamp(), arrived.timestamp()))
        beside.rename(box / ("cur" if seen else "new") / (f"{name}:2,S" if seen else name))

    def counts_anew(self, user: str) -> None:
        """As after a restored backup: other UIDs, and another UIDVALIDITY. Nobody may be connected."""
        box = self._box(user)
        for path in box.iterdir():
            if path.name.startswith("dovecot"):
                path.unlink()
        self._delivered += 1
        made = box / "dovecot-uidlist"
        made.write_text(f"3 V{self._delivered} N1 G{self._delivered:032x}\n", encoding="ascii")
        self._owned(made)

    def _box(self, user: str) -> Path:
        box = self._folder / "mail" / user
        for name in ("", "tmp", "new", "cur"):
            if not (box / name).exists():
                (box / name).mkdir(parents=True)
                self._owned(box / name)
        return box

    def _owned(self, path: Path) -> None:
        if os.getuid() == 0:
            os.chown(path, *_mail_user())

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False

    def _config(self) -> str:
        root = os.getuid() == 0
        uid, gid = _mail_user()
        me = pwd.getpwuid(os.getuid()).pw_name
        if root:
            os.chown(self._folder / "mail", uid, gid)
        certificate = f"ssl_cert = <{self._certificate}\nssl_key = <{self._certificate}" if self._certificate else ""
        return _CONFIG.format(
            folder=self._folder,
            ssl="yes" if self._certificate else "no",
            certificate=certificate,
            internal="dovecot" if root else me,
            group="dovecot" if root else _group(),
            login="dovenull" if root else me,
            password=PASSWORD,
            prefix=self._prefix,
            uid=uid,
            gid=gid,
            port=self.port,
            tls_port=self.tls_port if self._certificate else 0,
        )


def _mail_user() -> tuple[int, int]:
    """Dovecot opens no mail as root."""
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return nobody.pw_uid, nobody.pw_gid
    return os.getuid(), os.getgid()


def _group() -> str:
    return grp.getgrgid(os.getgid()).gr_name
