"""Configuration that must be readable, and DVC's: what no commit may bring."""

import re
from collections.abc import Iterator
from configparser import Error, RawConfigParser

from modelry.checks.base import Problem, rule
from modelry.doctor.base import Setup
from modelry.model.places import Position

DVC = ".dvc/config"
_SECRETS = frozenset(
    {
        *("access_key_id", "account_key", "client_secret", "connection_string", "gdrive_client_secret"),
        *("oss_key_id", "oss_key_secret", "passphrase", "password", "sas_token", "secret_access_key"),
        *("session_token", "token", "user_password", "gdrive_service_account_json_file_path"),
    }
)
_FORBIDDEN = frozenset(
    {
        *("cert_path", "configpath", "credentialpath", "custom_auth_header", "key_path", "keyfile"),
        "site_cache_dir",
    }
)
_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s@:]*:[^/\s@]+@", re.IGNORECASE)
_OFF = frozenset({"false", "no", "off", "0"})
_ENTRY = re.compile(r"\s*([A-Za-z0-9_.-]+)\s*[=:]")


@rule("unreadable-configuration")
def unreadable_configuration(setup: Setup) -> Iterator[Problem]:
    """A workflow, or another file that the forge is configured by, cannot be read.

    What nobody can read nobody can vouch for, and every rule that would have looked at it has not. Mend the YAML or JSON;
    write out what anchors and aliases stand for.
    """
    for path, sheet in sorted(setup.sheets.items()):
        for fault in sheet.faults[:1]:
            yield Problem(path, fault.message, fault.position, fault.hint)


@rule("secret-in-dvc-config")
def secret_in_dvc_config(setup: Setup) -> Iterator[Problem]:
    """`.dvc/config` holds a password or a key.

    Everybody who can read the repository, or ever could, can write to the remote with it. Take it out and make a new one; it belongs
    into `.dvc/config.local`, which git ignores, or better into the cloud's own profile. (T08)
    """
    for name, value, position in _entries(setup):
        if name in _SECRETS or _WITH_PASSWORD.match(value):
            hint = f"revoke it, and: dvc remote modify --local REMOTE {name} ..."
            yield Problem(DVC, f"`{name}` holds a secret that everybody can read", position, hint)


@rule("unsafe-dvc-setting")
def unsafe_dvc_setting(setup: Setup) -> Iterator[Problem]:
    """`.dvc/config` runs a command, points out of the repository or trusts any server.

    DVC obeys it on the machine of everybody who pulls: `*_command` runs a program, `keyfile` and the like read what is theirs, a
    `dir` of the cache writes elsewhere, and without `ssl_verify` anybody between may give other bytes. Keep such settings in
    `.dvc/config.local`. (T08)
    """
    text = setup.texts.get(DVC, "")
    try:
        parser = RawConfigParser()
        parser.read_string(text)
    except Error as error:
        yield Problem(DVC, f"cannot be read: {' '.join(str(error).split())}", hint="see: dvc config --list")
        return
    for name, value, position in _entries(setup):
        runs = name.endswith("_command") or name in _FORBIDDEN
        trusts = name == "ssl_verify" and value.strip().lower() in _OFF
        leaves = name == "dir" and _section(text, position.line).startswith("cache")
        if runs or trusts or leaves:
            yield Problem(
                DVC,
                f"`{name}` is not for a file that everybody gets",
                position,
                "take it out; who needs it has .dvc/config.local",
            )


def _entries(setup: Setup) -> Iterator[tuple[str, str, Position]]:
    """Give the settings of DVC's configuration, line by line, also where the whole cannot be read."""
    for number, line in enumerate(setup.texts.get(DVC, "").split("\n"), start=1):
        if (found := _ENTRY.match(line)) is not None:
            yield found[1].lower(), line[found.end() :].strip(), Position(number, found.start(1) + 1)


def _section(text: str, line: int) -> str:
    """Give the name of the section that a line is in."""
    above = [one.strip(" []'\"") for one in text.split("\n")[:line] if one.lstrip().startswith("[")]
    return above[-1] if above else ""
