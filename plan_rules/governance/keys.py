"""Key files <-> Ed25519 keys; a statement and its signer -> the signature over both, made and checked.

What is signed begins with a prefix of its own, so that no signature made for another purpose counts as a sign-off.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

from plan_rules.digests import digest_of
from plan_rules.errors import Message, ToldError
from plan_rules.extra import from_extra

with from_extra("signing"):
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = b"plan-rules sign-off 1\n"
MAX_KEY_BYTES = 8 * 1024
_RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw


class KeyFileRefused(ToldError):
    """A file is no Ed25519 private key, or its passphrase is another."""


def new_key_file(path: Path, passphrase: bytes | None = None) -> Ed25519PublicKey:
    """Write a new private key where no file is yet, as PEM, readable by its owner alone.  Raises OSError."""
    key = Ed25519PrivateKey.generate()
    sealed = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return key.public_key()


def read_key_file(path: Path, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """The private key of a file.  Raises KeyFileRefused, OSError."""
    with path.open("rb") as file:
        text = file.read(MAX_KEY_BYTES)
    try:
        key = serialization.load_pem_private_key(text, passphrase)
    except TypeError as failure:  # a passphrase where none is needed, or none where one is
        raise KeyFileRefused(
            Message(
                f"{path} 没有口令, 不要给口令" if passphrase else f"{path} 有口令, 用 --passphrase-file 给出",
                f"{path} has no passphrase; give none"
                if passphrase
                else f"{path} has a passphrase; give it with --passphrase-file",
            )
        ) from failure
    except (ValueError, UnsupportedAlgorithm) as failure:
        raise KeyFileRefused(
            Message(f"{path} 打不开: 不是 PEM 私钥, 或口令不对", f"{path}: no key in PEM, or another passphrase")
        ) from failure
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileRefused(
            Message(
                f"{path} 不是 Ed25519 私钥; 用 plan-rules sign keygen 新建",
                f"{path} is no Ed25519 key; make one with `plan-rules sign keygen`",
            )
        )
    return key


def public_text(key: Ed25519PublicKey) -> str:
    """The public key as a trust file has it: its 32 bytes in Base64."""
    return b64encode(key.public_bytes(*_RAW)).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """The key of a trust file: 32 bytes in Base64, or PEM.  ValueError where it is neither."""
    if text.lstrip().startswith("-----BEGIN"):
        try:
            found = serialization.load_pem_public_key(text.encode())
        except UnsupportedAlgorithm as failure:
            raise ValueError(str(failure)) from failure
        if not isinstance(found, Ed25519PublicKey):
            raise ValueError("no Ed25519 key")
        return found
    return Ed25519PublicKey.from_public_bytes(_bytes_of(text))


def fingerprint(key: Ed25519PublicKey) -> str:
    """The id of a key: the SHA-256 of its 32 bytes."""
    return digest_of(key.public_bytes(*_RAW))


def signed(text: str, key: Ed25519PrivateKey) -> str:
    """The signature over a text, in Base64."""
    return b64encode(key.sign(PREFIX + text.encode())).decode()


def fits(signature: str, text: str, key: Ed25519PublicKey) -> bool:
    """Was this signature made over this text with the key that belongs to this one?"""
    try:
        key.verify(_bytes_of(signature), PREFIX + text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes_of(text: str) -> bytes:
    """What a text in Base64 stands for; ValueError where another text would stand for the same bytes."""
    try:
        found = b64decode(text, validate=True)
    except NotBase64 as failure:
        raise ValueError(str(failure)) from failure
    if b64encode(found).decode() != text:
        raise ValueError("no Base64")
    return found
