"""(Host, port) -> a socket that listens there; is a host the machine itself?"""

from __future__ import annotations

import ipaddress
import socket

from plan_rules.errors import Message, ToldError


class NotServed(ToldError):
    """The address cannot be listened on."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any that is free.  Raises NotServed."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError, OverflowError) as failure:
        raise _not_served(host, port, failure) from failure
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as failure:
        listening.close()
        raise _not_served(host, port, failure) from failure
    return listening


def _not_served(host: str, port: int, failure: Exception) -> NotServed:
    why = getattr(failure, "strerror", None) or str(failure)
    return NotServed(
        Message(
            f"不能在 {host}:{port} 上打开: {why}; 用 --port 换一个端口",
            f"cannot listen on {host}:{port}: {why}; choose another with --port",
        )
    )


def is_loopback(host: str) -> bool:
    """Is this a name of the machine itself, that no other machine reaches?"""
    if host.lower() == "localhost":
        return True
    return is_address(host) and ipaddress.ip_address(host).is_loopback


def is_address(host: str) -> bool:
    """Is this an address, and no name?"""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
