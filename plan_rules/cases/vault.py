"""Personal data -> sealed: encrypted under a key of its own, which a master key wraps; and opened again.

What stays in the log is a commitment: the SHA-256 of a random salt and the words.  The salt is sealed with the words,
so once they are erased the commitment says nothing.  AES-256-GCM binds a sealed datum to its case, kind and place; its
key is wrapped after RFC 3394.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from plan_rules.cases.event import Sealed
from plan_rules.cases.extra import from_extra
from plan_rules.digests import digest_of
from plan_rules.errors import Message, ToldError

with from_extra():
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

MAX_CHARACTERS = 4_000
_BYTES = 32
_NONCE = 12


class KeyRefused(ToldError):
    """A key file is no key file, or holds none of the keys that are needed."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A sealed personal datum as it is stored."""

    sealed: Sealed
    key: str
    wrapped: bytes
    content: bytes


class Keyring:
    """Master keys, the first for sealing and all for opening: old ones stay until everything is sealed anew."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys or any(len(key) != _BYTES for key in keys):
            raise KeyRefused(
                Message("主密钥应为 32 字节", "a master key has 32 bytes"),
            )
        self._keys: Mapping[str, bytes] = {_name(key): key for key in keys}
        self.current = _name(keys[0])

    def __repr__(self) -> str:
        return f"<Keyring {', '.join(self._keys)}>"

    def seal(self, case: str, item: str, words: str) -> Datum:
        """The words, sealed under a new key."""
        ref, salt, key, nonce = os.urandom(16).hex(), os.urandom(_BYTES), os.urandom(_BYTES), os.urandom(_NONCE)
        plain = json.dumps({"salt": salt.hex(), "words": words}).encode()
        content = nonce + AESGCM(key).encrypt(nonce, plain, _bound(case, item, ref))
        sealed = Sealed(item=item, ref=ref, commitment=_commitment(salt, words))
        return Datum(sealed, self.current, aes_key_wrap(self._keys[self.current], key), content)

    def open(self, case: str, item: str, ref: str, key: str, wrapped: bytes, content: bytes) -> str:
        """The words.  Raises KeyRefused where this keyring did not seal them, or they were tampered with."""
        master = self._keys.get(key)
        if master is None:
            raise KeyRefused(
                Message(
                    f"密钥不对: 这条个人信息用密钥 {key} 加密",
                    f"wrong key: this datum was sealed with the key {key}",
                )
            )
        try:
            data_key = aes_key_unwrap(master, wrapped)
            plain = AESGCM(data_key).decrypt(content[:_NONCE], content[_NONCE:], _bound(case, item, ref))
        except (InvalidTag, InvalidUnwrap, ValueError) as failure:
            raise _tampered() from failure
        words: str = json.loads(plain)["words"]
        return words

    def rewrapped(self, key: str, wrapped: bytes) -> bytes:
        """The data key under the current master key.  Raises KeyRefused."""
        if key not in self._keys:
            raise KeyRefused(Message(f"没有密钥 {key}", f"the key {key} is not there"))
        try:
            return aes_key_wrap(self._keys[self.current], aes_key_unwrap(self._keys[key], wrapped))
        except InvalidUnwrap as failure:
            raise _tampered() from failure


def new_key_file(path: Path) -> Keyring:
    """Write a new master key where no file is yet, readable by its owner alone."""
    key = os.urandom(_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return Keyring((key,))


def read_key_file(path: Path) -> Keyring:
    """The master keys of a file, 64 hexadecimal digits a line, the newest first.  Raises KeyRefused, OSError."""
    try:
        keys = tuple(bytes.fromhex(line) for line in path.read_text(encoding="ascii").split())
    except ValueError as failure:
        raise KeyRefused(
            Message("密钥文件写法不对: 每行 64 个十六进制数字", "a key file has 64 hexadecimal digits a line")
        ) from failure
    return Keyring(keys)


def _tampered() -> KeyRefused:
    return KeyRefused(
        Message("个人信息的密文被改动过, 打不开", "the sealed datum was tampered with and cannot be opened")
    )


def _name(key: bytes) -> str:
    return hashlib.sha256(b"plan-rules key\n" + key).hexdigest()[:16]


def _bound(case: str, item: str, ref: str) -> bytes:
    return f"{case}\x1f{item}\x1f{ref}".encode()


def _commitment(salt: bytes, words: str) -> str:
    return digest_of(salt + words.encode())
