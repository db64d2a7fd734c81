"""Decide which addresses may be fetched: those of the public internet, by what a name resolves to at that moment.

Whoever writes a feed or a redirect must not make this machine ask its own services or those of its network.
"""

import ipaddress
import socket
from dataclasses import dataclass

import httpx

from index.read.base import Skip

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LAST_PORT = 65535  # httpx takes higher numbers, the socket does not
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be fetched. `loopback` is for tests, which have servers of their own."""

    loopback: bool = False

    def check(self, address: str) -> httpx.URL:
        """Return an address as a URL. Raises `Skip` for one that is none of http or https, or holds a password."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Skip(f"not an address: {error}") from error
        if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > _LAST_PORT:
            raise Skip("not an address of http or https")
        if url.userinfo:
            raise Skip("an address with a user name or password is not fetched")
        return url

    def resolve(self, url: httpx.URL) -> str:
        """Return the internet address to connect to. Raises `Skip` unless all that the name stands for are public."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Skip(f"{url.host} is not known: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if not self._may_reach(ipaddress.ip_address(address.partition("%")[0])):
                raise Skip(f"{url.host} is {address}, which is not on the public internet; it is not fetched")
        return addresses[0]

    def _may_reach(self, address: _Address) -> bool:
        inner = _embedded(address)
        if self.loopback and inner.is_loopback:
            return True
        return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _embedded(address: _Address) -> _Address:
    """Return the IPv4 address that an IPv6 one leads to, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
