"""Open chat models of any LangChain provider by name. The one file that knows `init_chat_model`.

Keys come from the environment, where each provider's package looks for its own; they are never kept or printed here.
"""

import ipaddress
import os
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from pydantic import ValidationError

from index import BadRequestError, DatelineError

TIMEOUT = 120.0  # seconds; chosen, not measured: long enough for a small model on two cores
_EXTRAS = ("anthropic", "ollama", "openai")
_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
_NO_KEY = "none"  # the client wants some key, a server on this machine none


class ProviderMissingError(DatelineError):
    """Raised when the package of a provider is not installed; the message says how to install it."""


def open_model(name: str, *, base_url: str | None = None, timeout: float = TIMEOUT) -> BaseChatModel:
    """Return the chat model `provider:model`, such as "ollama:qwen3", or "openai:local" with a `base_url`.

    `timeout` is in seconds, for one request. An OpenAI-compatible server on this machine needs no key. Raises
    `ProviderMissingError` when the provider's package is not installed, `BadRequestError` for a name, an address or
    a key that cannot be used.
    """
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    if not (provider and model):
        raise BadRequestError(f"A language model is named provider:model, like ollama:qwen3; {name!r} is not.")
    settings = _settings(provider, _address(base_url), timeout)
    try:
        opened: BaseChatModel = init_chat_model(model, model_provider=provider, temperature=0, **settings)
        # Some models refuse any temperature; only their profile, which is there once they are open, says so.
        if (opened.profile or {}).get("temperature") is False:
            opened = init_chat_model(model, model_provider=provider, **settings)
    except ImportError as error:
        cure = f"pip install '.[{provider}]'" if provider in _EXTRAS else str(error)
        raise ProviderMissingError(f"The package for {provider} is not installed. Install it with: {cure}") from None
    # From here on `from None`: the causes hold settings, and some of them parts of keys.
    except ValidationError:
        raise BadRequestError(_unusable(name, provider)) from None
    except ValueError:
        raise BadRequestError(f"There is no provider {provider!r}; openai, ollama and anthropic are three.") from None
    except Exception:  # noqa: BLE001  (providers raise what they like, with settings and parts of keys in the message)
        raise BadRequestError(_unusable(name, provider)) from None
    return opened


def _settings(provider: str, base_url: str | None, timeout: float) -> dict[str, Any]:
    """Return the arguments for a provider's model: one request, tried once, as its own class spells it."""
    settings: dict[str, Any] = {"base_url": base_url} if base_url else {}
    if provider == "ollama":
        return settings | {"client_kwargs": {"timeout": timeout}}
    settings |= {"timeout": timeout, "max_retries": 0}
    if provider == "openai":
        settings |= {"stream_usage": True, "stream_chunk_timeout": timeout}  # its own 120 s would come before ours
        if base_url and _local(base_url) and not os.environ.get(_KEYS["openai"]):
            settings["api_key"] = _NO_KEY
    return settings


def _address(base_url: str | None) -> str | None:
    if base_url and not base_url.startswith(("http://", "https://")):
        raise BadRequestError("The address of a language model begins with http:// or https://.")
    return base_url


def _local(base_url: str) -> bool:
    """Say whether an address is this machine's own."""
    host = urlsplit(base_url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unusable(name: str, provider: str) -> str:
    key = f"the environment variable {_KEYS[provider]}" if provider in _KEYS else "the provider's key"
    return f"The language model {name} cannot be opened. Look at its name and address, and at {key}."
