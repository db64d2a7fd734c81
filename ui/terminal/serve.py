"""The command `dateline serve`: parse options, open the server's parts, run until a signal."""

from pathlib import Path
from typing import Annotated

import typer

from ui.options import (
    DEFAULT_INDEX,
    DEFAULT_LLM_TIMEOUT,
    IndexOption,
    LlmOption,
    LlmTimeoutOption,
    LlmUrlOption,
    RerankerOption,
)

_GRACE = 10.0
"""Seconds that running answers get to finish after a signal."""


def serve(
    index: IndexOption = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 picks a free one.")] = 7860,
    auth: Annotated[Path | None, typer.Option(help="File of users who may sign in; see: dateline users.")] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Allow access from other machines without --auth.")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Folder for conversations [default: INDEX-pages].")] = None,
    source: Annotated[
        list[Path] | None, typer.Option(help="Articles to reindex from the page; may be repeated.")
    ] = None,
    reranker: RerankerOption = None,
    root_path: Annotated[str, typer.Option(help="Path or URL at which a proxy serves the page.")] = "",
    allow_host: Annotated[
        list[str] | None, typer.Option(help="Another host name of this server; may be repeated.")
    ] = None,
    forwarded_allow_ips: Annotated[
        str, typer.Option(help="Proxies whose X-Forwarded-For is trusted, comma-separated.")
    ] = "",
    concurrency: Annotated[int, typer.Option(min=1, help="Questions answered at once.")] = 2,
    queue_size: Annotated[int, typer.Option(min=1, help="Questions that may wait in the queue.")] = 100,
    rate: Annotated[float, typer.Option(min=0, help="Questions per minute and client; 0: no limit.")] = 30.0,
    keep_days: Annotated[
        int, typer.Option(min=0, help="Delete conversations and feedback unchanged for this many days; 0: never.")
    ] = 365,
    question_limit: Annotated[int, typer.Option(min=1, max=2000, help="Longest question, in characters.")] = 1000,
    answer_cache: Annotated[
        int | None,
        typer.Option(min=0, metavar="MB", help="Answers kept for the same question [default: 16; with --llm: 0]."),
    ] = None,
    llm: LlmOption = None,
    llm_base_url: LlmUrlOption = None,
    llm_timeout: LlmTimeoutOption = DEFAULT_LLM_TIMEOUT,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log in JSON lines.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log each request.")] = False,
) -> None:
    """Serve the web page and the API.

    \b
    Examples:
      dateline serve
      dateline serve --llm ollama:qwen3
      dateline serve --host 0.0.0.0 --auth users.json --root-path /news --forwarded-allow-ips 10.0.0.5
    """
    from ui.server.options import Options

    options = Options(
        index=index, data=data or _beside(index), sources=tuple(source or ()), host=host, port=port,
        auth=auth, insecure=insecure, root_path=root_path.rstrip("/"), hosts=tuple(allow_host or ()),
        proxies=tuple(ip.strip() for ip in forwarded_allow_ips.split(",") if ip.strip()), concurrency=concurrency,
        queue_size=queue_size, rate=rate, question_limit=question_limit, keep_days=keep_days, grace=_GRACE,
        llm=llm or "", llm_base_url=llm_base_url, llm_timeout=llm_timeout, reranker=reranker,
        answer_cache=answer_cache,
    )  # fmt: skip
    from ui.server import logs
    from ui.server.parts import Page, open_parts
    from ui.terminal import signals

    # The imports wait until the options are checked: they take seconds, and a mistyped option none.
    logs.set_up(as_json=log_json, verbose=verbose)
    signals.allow_more_time(_GRACE + 5)  # beyond the grace: closing connections, the store and the index
    with open_parts(options) as parts:
        # Gradio takes seconds to import: by now a missing index has been reported.
        from ui.server.app import site
        from ui.server.run import server
        from ui.web import page

        server(site(parts, Page(page.build, page.launch_options))).run()


def _beside(index: str) -> Path:
    """Return the default folder for conversations: beside the index, if that is a folder."""
    return Path("dateline-pages") if "://" in index else Path(f"{index.rstrip('/')}-pages")
