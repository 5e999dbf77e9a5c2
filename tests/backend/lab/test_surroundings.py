"""What the shell's environment says to client libraries and interpreters reaches no lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.backend.engines.helpers import PROJECT

HOSTILE = {
    "PGCLIENTENCODING": "LATIN1",
    "PGDATESTYLE": "SQL, DMY",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGSERVICE": "no-such-service",
    "PGHOSTADDR": "192.0.2.1",
    "PGSSLMODE": "verify-full",
    "PGPASSFILE": "/no/such/file",
    "PGTZ": "Asia/Tokyo",
    "PGAPPNAME": "somebody else",
    "MYSQL_HOME": "/no/such/folder",
    "REDIS_URL": "redis://192.0.2.1:1",
    "JAVA_TOOL_OPTIONS": "-Xmx1k",
    "_JAVA_OPTIONS": "-Xmx1k",
    "JDK_JAVA_OPTIONS": "-Xmx1k",
    "CLASSPATH": "/no/such/jar",
    "PYTHONWARNINGS": "error",
    "HTTP_PROXY": "http://192.0.2.1:1",
    "http_proxy": "http://192.0.2.1:1",
    "TZ": "Asia/Tokyo",
    "LC_ALL": "de_DE.UTF-8",
}


def test_a_run_does_not_care_about_the_shell() -> None:
    command = [
        sys.executable,
        "main.py",
        "run",
        "--operation",
        "pay-order",
        "--strategy",
        "state-machine",
        "--json",
        "-",
    ]
    result = subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **HOSTILE}, capture_output=True, text=True, check=False, timeout=240
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["verdicts"] == {"exactly_once": 1}
