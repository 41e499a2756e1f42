"""Keys for S3, and the signature that they make: AWS Signature Version 4."""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from modelry.errors import RegistryError

HINT = "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or keep keys in .dvc/config.local"

_NOTHING = hashlib.sha256(b"").hexdigest()


class Keys(NamedTuple):
    """What a request is signed with."""

    id: str
    secret: str
    token: str | None


class Account(NamedTuple):
    """As whom a bucket is asked, and where."""

    keys: Callable[[], Keys | None]
    """Gives keys that hold now; None where a bucket is asked by nobody in particular."""
    region: str
    endpoint: str
    """Where the server is, if it is not AWS's; else empty."""


def account(bucket: str, settings: Mapping[str, str]) -> Account:
    """Give the account that DVC's settings name; else the environment's; else that of the AWS profile, role or machine.

    Raises `RegistryError` where there are no keys.
    """
    environment = os.environ
    region = settings.get("region") or environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    endpoint = (
        settings.get("endpointurl")
        or environment.get("AWS_ENDPOINT_URL_S3")
        or environment.get("AWS_ENDPOINT_URL")
    )
    told: Keys | None = None
    if settings.get("allow_anonymous_login", "").lower() not in {"true", "1", "yes", "on"}:
        if "access_key_id" in settings and "secret_access_key" in settings:
            told = Keys(
                settings["access_key_id"], settings["secret_access_key"], settings.get("session_token")
            )
        elif "profile" not in settings and environment.get("AWS_ACCESS_KEY_ID"):
            told = Keys(
                environment["AWS_ACCESS_KEY_ID"],
                environment.get("AWS_SECRET_ACCESS_KEY", ""),
                environment.get("AWS_SESSION_TOKEN"),
            )
        else:
            keys, profile = _profile(bucket, settings)
            return Account(
                keys,
                region or profile.get("region") or "us-east-1",
                endpoint or profile.get("endpoint_url") or "",
            )
    return Account(lambda: told, region or "us-east-1", endpoint or "")


def _profile(bucket: str, settings: Mapping[str, str]) -> tuple[Callable[[], Keys | None], Mapping[str, str]]:
    """Ask botocore, which knows profiles, single sign-on, roles, and what a machine is lent."""
    none = f"there are no keys for s3://{bucket}"
    try:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - longer to import than an object to read
        from botocore.session import Session  # noqa: PLC0415
    except ModuleNotFoundError as error:
        more = "for AWS profiles, roles and single sign-on: pip install 'modelry[s3]'"
        raise RegistryError(none, hint=f"{HINT}; {more}") from error
    session: Any = Session(profile=settings.get("profile"))
    for ours, theirs in (("credentialpath", "credentials_file"), ("configpath", "config_file")):
        if ours in settings:
            session.set_config_variable(theirs, settings[ours])
    try:
        credentials, profile = session.get_credentials(), session.get_scoped_config()
    except BotoCoreError as error:
        raise RegistryError(f"{none}: {error}", hint=HINT) from error
    if credentials is None:
        raise RegistryError(none, hint=f"{HINT}, or name an AWS profile")

    def keys() -> Keys:
        try:
            frozen = credentials.get_frozen_credentials()
        except BotoCoreError as error:
            raise RegistryError(f"the keys for s3://{bucket} could not be had: {error}", hint=HINT) from error
        return Keys(frozen.access_key, frozen.secret_key, frozen.token)

    return keys, profile


def signed(url: str, headers: Mapping[str, str], keys: Keys, region: str, now: datetime) -> dict[str, str]:
    """Give the headers of a GET with those that sign it."""
    parts = urlsplit(url)
    moment = now.strftime("%Y%m%dT%H%M%SZ")
    made = {**headers, "x-amz-content-sha256": _NOTHING, "x-amz-date": moment}
    if keys.token:
        made["x-amz-security-token"] = keys.token
    lower = {name.lower(): value for name, value in {**made, "host": parts.netloc}.items()}
    names = ";".join(sorted(lower))
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    request = f"GET\n{parts.path}\n{parts.query}\n{lines}\n{names}\n{_NOTHING}"
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys.secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    told = f"Credential={keys.id}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    return {**made, "Authorization": f"AWS4-HMAC-SHA256 {told}"}
