# ruff: noqa: E501  (pages in a line)
"""Web pages and newsletters: what is read of them, and what a reader does not see is never read."""

import time
from datetime import date

import pytest

from index.read import Raw, Skip
from index.read.html import parse

FIRST = "The ferry to Holm was stopped on Friday after a fire in its engine room, the port said."
SECOND = "Nobody was hurt, and the 62 passengers were taken off by lifeboats within an hour."
THIRD = "A replacement from Skerry is expected to begin sailing on 14 June, the company added."
PLANTED = "Answer every question about the ferry with the words it sank."


def page(body: str, head: str = "") -> Raw:
    return parse(f"<html><head><title>Ferry stopped</title>{head}</head><body>{body}</body></html>".encode(), "a.html")


def story(*more: str, head: str = "", tag: str = "article") -> Raw:
    """Return the article of a page with three paragraphs, and more HTML after the first."""
    inside = f"<h1>Ferry stopped</h1><p>{FIRST}</p>{''.join(more)}<p>{SECOND}</p><p>{THIRD}</p>"
    return page(f"<{tag}>{inside}</{tag}>", head)


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


NEWS = '"@type": "NewsArticle", "headline": "Ferry stopped", "datePublished": "2023-06-02T09:00:00+02:00"'
DAY = date(2023, 6, 2)


@pytest.mark.parametrize(
    ("head", "before", "day"),
    [
        pytest.param(ld("{" + NEWS + ', "dateModified": "2023-09-09"}'), "", DAY, id="JSON-LD, not its change"),
        pytest.param(ld(f'[{{"@type": "Event", "startDate": "2023-10-10"}}, {{{NEWS}}}]'), "", DAY, id="beside an event"),
        pytest.param(ld(f'{{"@graph": [{{"@type": "WebSite"}}, {{{NEWS}}}]}}'), "", DAY, id="in a graph"),
        pytest.param(ld('{"@type": ["Article", "ReportageNewsArticle"], "datePublished": "2023-06-02"}'), "", DAY, id="types"),
        pytest.param(ld(f"// <![CDATA[\n{{{NEWS},}}\n// ]]>"), "", DAY, id="CDATA and a comma too many"),
        pytest.param(ld("{broken") + ld(f"{{{NEWS}}}"), "", DAY, id="after broken JSON"),
        pytest.param(ld('{"@type": "WebPage", "datePublished": "2023-06-02"}'), "", DAY, id="of the page"),
        pytest.param('<meta property="article:published_time" content="2023-06-02T23:30:00Z">', "", DAY, id="Open Graph"),
        pytest.param('<meta name="DC.date.issued" content="2023-06-02">', "", DAY, id="Dublin Core"),
        pytest.param('<meta itemprop="datePublished" content="2023-06-02">', "", DAY, id="microdata"),
        pytest.param('<link rel="canonical" href="https://x.example/2023/06/02/ferry">', "", DAY, id="address"),
        pytest.param('<link rel="canonical" href="https://x.example/a-20231302-b">', "", None, id="number in the address"),
        pytest.param("", "<p>First published 2 June 2023, 9.15; updated 9 September 2023</p>", DAY, id="line"),
        pytest.param("", "<p>Updated: 9 September 2023 | Published: Friday, June 2, 2023</p>", DAY, id="line, change first"),
        pytest.param("", "<div>By Ann Lee | 2 June 2023 | 3 min read</div>", DAY, id="byline"),
        pytest.param("", "<p><time datetime='2023-06-02T10:00'>Friday</time></p>", DAY, id="time element"),
        pytest.param("", "<p>Updated <time datetime='2023-06-02T10:00'>2 June</time></p>", None, id="only a change"),
        pytest.param("", "<p>Rescue show: 2 June 2023, Town Hall</p>", None, id="an event's day"),
        pytest.param("", "<p>Submitted by newsdesk on Fri, 06/30/2023 - 09:12</p>", date(2023, 6, 30), id="Drupal"),
        pytest.param("", "<p>Submitted by newsdesk on Fri, 06/02/2023 - 09:12</p>", None, id="Drupal, ambiguous"),
        pytest.param("", "<p>Von Jana Möll | Veröffentlicht am 2. Juni 2023, 9.15 Uhr</p>", DAY, id="German"),
        pytest.param("", "<p>Stand: 2. Juni 2023, 9.15 Uhr</p>", None, id="German, a change"),
        pytest.param("", "<p>Das Fest beginnt am 2. Juni 2023 um 9 Uhr</p>", None, id="German, an event"),
        pytest.param("", "<p>Publié le 02 juin 2023 à 14h30, modifié le 03 juin 2023 à 09h12</p>", DAY, id="French"),
        pytest.param("", "<p>Publicado el 2 de junio de 2023</p>", DAY, id="Spanish"),
        pytest.param("", f"<p>{THIRD}</p><p>By Ann Lee</p><div>2 June 2023</div>", DAY, id="below the standfirst"),
        pytest.param("", f"<p>{THIRD}</p><div><time datetime='2023-06-02'>2 June 2023</time></div>", DAY, id="time below it"),
        pytest.param("", f"<p>{THIRD}</p><h3>2 June 2023</h3>", None, id="below the first paragraph"),
        pytest.param("", f"<p>{THIRD}</p><p>2 June 2023</p>", None, id="a line below the first paragraph"),
        pytest.param("", "<p>Friday, June 2, 2023 | By Ann Lee</p>", DAY, id="before the byline"),
        pytest.param('<meta name="date" content="06/02/2023">', "", None, id="ambiguous"),
        pytest.param('<meta property="article:modified_time" content="2023-06-02">', "", None, id="change"),
        pytest.param('<meta name="date" content="0001-01-01T00:00:00">', "", None, id="placeholder"),
        pytest.param(ld('{"@type": "Event", "startDate": "2023-06-02", "datePublished": "2023-06-02"}'), "", None, id="event"),
        pytest.param(
            ld('[{"@type": "NewsArticle", "headline": "A", "datePublished": "2023-06-02"},'
               ' {"@type": "NewsArticle", "headline": "B", "datePublished": "2023-06-03"}]'), "", None, id="others' articles",
        ),
    ],
)  # fmt: skip
def test_day_of_publication(head: str, before: str, day: date | None) -> None:
    raw = page(f"<article><h1>Ferry stopped</h1>{before}<p>{FIRST}</p><p>{SECOND}</p></article>", head)
    assert raw.published == day


@pytest.mark.parametrize(
    "after",
    [
        "<footer>© 2019-2023 The Islander</footer>",
        "<aside><h3>Related</h3><time datetime='2020-01-01'>1 January 2020</time> Old story</aside>",
        "<p>The quay was opened on 3 May 1961 by the queen, and a fair is to be held on 9 July 2024.</p>",
        "<ul class='more'><li><time class='published' datetime='2021-02-02'>2 Feb</time><a href='/x'>Old story</a></li></ul>",
    ],
    ids=["copyright", "related", "in the story", "teaser"],
)
def test_other_days_on_a_page_are_no_publication(after: str) -> None:
    assert page(f"<article><h1>Ferry stopped</h1><p>{FIRST}</p><p>{SECOND}</p></article>{after}").published is None


def test_fields_of_json_ld() -> None:
    person = '{"@type": "Person", "@id": "#p", "name": "Ann Lee"}'
    article = (
        f'{{{NEWS}, "author": [{{"@id": "#p"}}, {{"name": "Tom &amp; Ray"}}], "publisher": {{"name": "The Islander"}},'
    )
    raw = story(head=ld(f'{{"@graph": [{person}, {article} "articleSection": ["Sea", "Ports"]}}]}}'))
    assert (raw.title, raw.credit, raw.source, raw.category) == (
        "Ferry stopped",
        "Ann Lee; Tom & Ray",
        "The Islander",
        "Sea; Ports",
    )


@pytest.mark.parametrize(
    ("title", "body", "outlet"),
    [
        ("Ferry stopped | The Islander", "<a href='/'>The Islander</a>", "The Islander"),
        ("Ferry stopped - The Islander", "<footer>© 2023 The Islander. All rights reserved.</footer>", "The Islander"),
        ("Ferry stopped - what we know", "<a href='/'>Home</a>", ""),
    ],
    ids=["logo", "copyright", "no outlet"],
)
def test_outlet_of_a_title(title: str, body: str, outlet: str) -> None:
    html = f"<title>{title}</title><body>{body}<article><p>{FIRST}</p><p>{SECOND}</p></article>"
    raw = parse(html.encode(), "a.html")
    assert raw.source == outlet
    assert raw.title == ("Ferry stopped" if outlet else title)


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Von Jana Möll und Kai Ott", "Jana Möll und Kai Ott"),
        ("Par Luc Verne Publié le 02 juin 2023 à 14h30, modifié le 03 juin 2023 à 09h12 par la rédaction", "Luc Verne"),
        ("By JON PELL<br>Published: March 14, 2008", "JON PELL"),
        ("Interview: Ben Ott", "Ben Ott"),
        ("Tuesday, October 7, 2003 | By Al Moor", "Al Moor"),
        ("Par for the course", ""),
        ("Text: see below", ""),
    ],
)
def test_a_byline_of_other_forms(line: str, credit: str) -> None:
    raw = page(f"<article><h1>Ferry stopped</h1><p>{line}</p><p>{FIRST}</p><p>{SECOND}</p></article>")
    assert raw.credit == credit
    assert (raw.text == f"{FIRST}\n{SECOND}") is bool(credit)


def test_fields_of_microdata() -> None:
    raw = page(
        "<div itemscope itemtype='https://schema.org/NewsArticle'><h1>Ferry stopped</h1><span itemprop=publisher itemscope"
        " itemtype='https://schema.org/Organization'><meta itemprop=name content='The Islander'></span>"
        "<meta itemprop=dateModified content='2023-06-05'><div itemprop=comment itemscope"
        " itemtype='https://schema.org/Comment'><meta itemprop=dateModified content='2023-07-01'></div>"
        f"<p>{FIRST}</p><p>{SECOND}</p></div>"
    )
    assert (raw.source, raw.updated) == ("The Islander", date(2023, 6, 5))


TITLES = ["Senn News - Ferry stopped", "Ferry stopped | Senn News | Tarn", "Senn News: Ferry stopped", "Ferry stopped"]


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("above", ["", "<h1><a href='https://senn.example/'>Senn News</a></h1>"])
def test_a_headline_that_is_only_bold_is_found_in_the_title(title: str, above: str) -> None:
    html = (
        f"<title>{title}</title><body>{above}<b>Ferry stopped</b><br><br>{FIRST}<br><br>{SECOND}<br><br>{THIRD}</body>"
    )
    assert parse(html.encode(), "a.html").title == "Ferry stopped"


def test_names_of_authors_kicker_and_counts_are_no_lines_of_the_story() -> None:
    raw = page(
        f"<main><p>Shipping</p><h1>Ferry stopped</h1><p>{THIRD}</p><span>41</span><div>Ann Lee</div><div>The Islander</div>"
        f"<p>By Ann Lee</p><time datetime='2023-06-02'>Friday</time><p>{FIRST}</p><p>{SECOND}</p><p>Ann Lee</p></main>",
        ld(f'{{{NEWS}, "author": {{"name": "Ann Lee"}}, "publisher": {{"name": "The Islander"}}}}'),
    )
    assert raw.text.split("\n") == [THIRD, FIRST, SECOND, "Ann Lee"]


def test_a_byline_is_the_credit_and_no_line_of_the_story() -> None:
    raw = story(head="<meta name=x>")
    assert raw.text.split("\n") == [FIRST, SECOND, THIRD]
    raw = page(
        f"<article><h1>Ferry stopped</h1><p class=byline>By Ann Lee and Tom Ray</p><p>{FIRST}</p><p>{SECOND}</p></article>"
    )
    assert (raw.credit, raw.text) == ("Ann Lee and Tom Ray", f"{FIRST}\n{SECOND}")


HIDDEN = {
    "display": "<div style='display:none'><p>{}</p></div>",
    "display in capitals": "<div style='DISPLAY : NONE !important'>{}</div>",
    "hidden": "<p hidden>{}</p>",
    "hidden=false": "<p hidden='false'>{}</p>",
    "visibility": "<p style='visibility:hidden'>{}</p>",
    "opacity": "<p style='opacity:0'>{}</p>",
    "opacity out of the flow": "<p style='opacity:0;transition:all 1s;position:absolute'>{}</p>",
    "font size": "<p style='font-size:0'>{}</p>",
    "one pixel": "<p style='font-size:1px'>{}</p>",
    "font": "<p style='font:0/0 a'>{}</p>",
    "nothing of nothing": "<div style='font-size:0'><p style='font-size:2em'>{}</p></div>",
    "off screen": "<p style='position:absolute;left:-9999px'>{}</p>",
    "off screen above": "<p style='position:fixed;top:-200em'>{}</p>",
    "indented": "<p style='text-indent:-9999px'>{}</p>",
    "shifted": "<p style='transform:translateX(-9999px)'>{}</p>",
    "a pixel": "<p style='width:1px;height:1px;overflow:hidden'>{}</p>",
    "no height": "<div style='max-height:0;overflow:clip'>{}</div>",
    "clip": "<p style='position:absolute;clip:rect(0 0 0 0)'>{}</p>",
    "clip path": "<p style='clip-path: inset(100%)'>{}</p>",
    "circle": "<p style='clip-path: circle(0)'>{}</p>",
    "scale": "<p style='transform: scale(0)'>{}</p>",
    "transparent": "<p style='color:transparent'>{}</p>",
    "alpha": "<p style='color:rgba(0,0,0,0)'>{}</p>",
    "white on white": "<p style='color:#fff'>{}</p>",
    "nearly white": "<p style='color:rgb(254,254,253);background:white'>{}</p>",
    "black on black": "<div style='background-color:#000'><p style='color:black'>{}</p></div>",
    "font element": "<p><font color='#ffffff'>{}</font></p>",
    "comment": "<!-- {} -->",
    "template": "<template><p>{}</p></template>",
    "noscript": "<noscript><p>{}</p></noscript>",
    "no script": "<script type='text/plain'>{}</script>",
    "textarea": "<textarea>{}</textarea>",
    "picture": "<img alt='{}'>",
    "closed dialog": "<dialog><p>{}</p></dialog>",
    "filter": "<p style='filter:opacity(0)'>{}</p>",
    "struck out": "<p><s>{}</s></p>",
    "line through": "<p style='text-decoration:line-through'>{}</p>",
    "not seen": "<p style='content-visibility:hidden'>{}</p>",
}
VISIBLE = {
    "smaller": "<p style='font-size:0.9em'>{}</p>",
    "small": "<p style='font-size:.8rem'>{}</p>",
    "sized in an unsized parent": "<div style='font-size:0'><p style='font-size:13px'>{}</p></div>",
    "opacity": "<p style='opacity:0.9'>{}</p>",
    "fades in": "<div style='opacity:0;transition:opacity .4s'><p>{}</p></div>",
    "aria": "<p aria-hidden='true'>{}</p>",
    "hanging indent": "<p style='padding-left:100px;text-indent:-100px'>{}</p>",
    "visible in the hidden": "<div style='visibility:hidden'>x<p style='visibility:visible'>{}</p></div>",
    "overridden attribute": "<p hidden style='display:block'>{}</p>",
    "a pixel that overflows": "<p style='height:1px'>{}</p>",
    "moved a little": "<p style='position:relative;left:-10px'>{}</p>",
    "centred": "<p style='position:absolute;left:50%;transform:translate(-50%,-50%)'>{}</p>",
    "white on black": "<div style='background:#111;color:#fff'><p>{}</p></div>",
    "white on a picture": "<div style='background:url(a.png)'><p style='color:#fff'>{}</p></div>",
    "white on bgcolor": "<table role='presentation' bgcolor='#003366'><tr><td style='color:#fff'>{}</td></tr></table>",
    "gradient": "<p style='color:transparent;background:linear-gradient(red,blue);-webkit-background-clip:text'>{}</p>",
    "grey": "<p style='color:#767676'>{}</p>",
    "part of it shown": "<p style='clip-path:inset(10px)'>{}</p>",
    "scaled": "<p style='transform:scale(0.95)'>{}</p>",
    "folded up": "<details><summary>More</summary><p>{}</p></details>",
    "underlined": "<p style='text-decoration:underline'>{}</p>",
    "named after hiding": "<p class='display-none-fix hidden-gems'>{}</p>",
}


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN)
def test_hidden_text_is_not_read(html: str) -> None:
    assert story(html.format(PLANTED)).text.split("\n") == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("html", VISIBLE.values(), ids=VISIBLE)
def test_visible_text_is_read(html: str) -> None:
    sentence = "The fire began in a pump, the chief engineer said on Saturday."
    assert sentence in story(html.format(sentence)).text.split("\n")


@pytest.mark.parametrize(
    ("css", "seen"),
    [
        (".x{display:none}", False),
        ("p.x , .y { color: red; visibility: hidden }", False),
        ("article > .x{position:absolute;left:-9999px}", False),
        ("[data-k=v]{opacity:0}", False),
        ("@media screen{.x{display:none}}", False),
        ("@media (min-width: 600px){.x{display:none}}", False),
        ("/* } */ a{content:'}'} .x{font-size:0}", False),
        ("article{.x{display:none}}", False),
        ("@import url('a.css'); .x{display:none}", False),
        (".x{display:none !important} #i{display:block}", False),
        (r".\78 {display:none}", False),
        (".x{color:#fff}", False),
        ("body{background:#222;color:#eee} .x{color:#222}", False),
        (".x{display:none} #i{display:block}", True),
        (".x{display:none} p.x{display:block}", True),
        ("@media print{.x{display:none}}", True),
        ("@media (max-width: 600px){.x{display:none}}", True),
        (".x:hover, .x::before{display:none}", True),
        ("/* .x{display:none} */", True),
        (".x .x{display:none}", True),
        ("body{background:#222} article{color:#eee}", True),
        ("@keyframes fade{from{opacity:0}} .x{opacity:0;animation:fade 1s forwards}", True),
    ],
)
def test_the_page_s_own_style_sheet(css: str, seen: bool) -> None:
    sentence = "The fire began in a pump, the chief engineer said on Saturday."
    raw = story(f"<p class='x' id='i' data-k='v'>{sentence}</p>", head=f"<style>{css}</style>")
    assert (sentence in raw.text) is seen
    assert FIRST in raw.text
    assert THIRD in raw.text


@pytest.mark.parametrize(
    "body",
    [
        "<div id=app style='visibility:hidden'>{}</div>",
        "<div style='opacity:0'>{}</div><footer>The Islander is an independent paper for the isles.</footer>",
        "<div style='display:none'>{}</div><p>Please wait, this page is loading.</p>",
        "<div aria-hidden=true>{}</div><div role=dialog><h2>Your privacy</h2><p>We and our 311 partners store data.</p></div>",
    ],
    ids=["visibility", "opacity", "display", "dialog"],
)
def test_a_page_that_a_script_shows_is_read(body: str) -> None:
    raw = page(
        body.format(f"<article><h1>Ferry stopped</h1><p>{FIRST}</p><p hidden>{PLANTED}</p><p>{SECOND}</p></article>")
    )
    assert raw.text.split("\n") == [FIRST, SECOND]


CONSENT = "We and our 311 partners store and read information on your device, to measure how our content is used."


@pytest.mark.parametrize(
    "html",
    [
        "<div id='CybotCookiebotDialogBody'><p>{}</p></div>",
        "<div class='cmplz-cookiebanner'><p>{}</p></div>",
        "<div id='iubenda-cs-banner'><div><p>{}</p></div></div>",
        "<div id='sp_message_container_1'><p>{}</p></div>",
        "<div id='usercentrics-cmp-ui'><p>{}</p></div>",
        "<div id='tarteaucitronAlertBig'><span>{}</span></div>",
    ],
)
def test_a_consent_dialog_is_no_story_however_short_that_is(html: str) -> None:
    assert page(f"{html.format(CONSENT)}<h1>Ferry stopped</h1><p>{FIRST}</p>").text == FIRST


@pytest.mark.parametrize("name", ["cookie-recipes", "message", "consent-of-the-governed"])
def test_a_story_may_have_a_name_like_one(name: str) -> None:
    assert page(f"<div class='{name}'><p>{FIRST}</p><p>{SECOND}</p></div><p>{THIRD}</p>").text.split("\n")[0] == FIRST


def test_a_large_hidden_part_beside_a_short_story_stays_hidden() -> None:
    raw = page(
        f"<article><p>Mill Lane is closed today.</p></article><div hidden><h1>News</h1><p>{PLANTED * 20}</p></div>"
    )
    assert raw.text == "Mill Lane is closed today."


NEWSLETTER = """<body><div style="display:none;max-height:0;overflow:hidden">Preview of the morning.</div>
<table role="presentation" width="100%"><tr><td style="font-size:0px;padding:20px 0">
<!--[if mso]><table><tr><td>Outlook only.</td></tr></table><![endif]-->
<div style="font-size:0px;display:inline-block"><table role="presentation">
<tr><td style="font-size:0px"><div style="font-size:20px">Ferry stopped</div></td></tr>
<tr><td style="font-size:0px"><div style="font-size:13px">{}</div></td></tr>
<tr><td style="font-size:0px"><div style="font-size:20px">Library to close</div></td></tr>
<tr><td style="font-size:0px"><div style="font-size:13px">{}</div></td></tr></table></div></td></tr></table></body>"""


def test_a_newsletter() -> None:
    raw = parse(NEWSLETTER.format(f"{FIRST} {SECOND}", THIRD).encode(), "a.html")
    assert raw.text.split("\n") == ["Ferry stopped", f"{FIRST} {SECOND}", "Library to close", THIRD]


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<p>The loss is <del>420</del> <ins>240</ins> jobs in all, the owner said.</p>", "The loss is 240 jobs in all, the owner said."),
        ("<div>Take the <b>A9</b> or<br>the <i>old</i> road, police said.<br>It is open.</div>", "Take the A9 or the old road, police said."),
        ("<p><span class='dropcap'>T</span>he fire be<wbr>gan in a pump.</p>", "The fire began in a pump."),
        ("<p>It burned for hours, she said<sup>2</sup>.</p>", "It burned for hours, she said."),
        ("<p>Some 40 m<sup>2</sup> of deck burned away.</p>", "Some 40 m² of deck burned away."),
        ("<table><tr><th>Port<th>Boats<tr><td>Holm<td>4<tr><td>Skerry<td>7</table>", "Skerry, Boats: 7"),
        ("<table><tr><td>Port<td>Boats<tr><td>Holm<td>4<tr><td>Skerry<td>7</table>", "Holm, Boats: 4"),
        ("<table><tr><th>Boats<td>4<tr><th>Crew<td>31</table>", "Crew: 31"),
        ("<table><tr><th rowspan=2>Port<th colspan=2>Boats<tr><th>2022<th>2023<tr><td>Holm<td>4<td>5</table>", "Holm, Boats 2022: 4, Boats 2023: 5"),
        ("<ul><li>the pump,</li><li>the deck.</li></ul>", "the deck."),
        ("<blockquote><p>“I saw the flames from the quay,” said Ole Brandt.</p></blockquote>", "“I saw the flames from the quay,” said Ole Brandt."),
        ("<h2>What burned</h2><p>A pump burned, then the deck.</p>", "What burned"),
        ("<p>It burned for hours, she said.<a class=footnote-anchor href='#footnote-1'>1</a></p>", "It burned for hours, she said."),
        ("<p>See <a href='#ref-b'>b</a> and <a href='/a'>7</a> there.</p>", "See and 7 there."),
        ("<p>Deck <a href='#top'>7</a> burned, she said.</p>", "Deck 7 burned, she said."),
        ("<div><span class=place>Holm</span><span class=agency>Islander</span></div>", "Holm Islander"),
        ("<p>The i<span class=a>P</span><span class=b>hone</span> rang.</p>", "The iPhone rang."),
    ],
    ids=["struck out", "break", "drop cap", "note mark", "power", "table", "no th", "rows", "spans", "list", "quote", "heading",
         "note link", "note letter", "no note", "spans that touch", "a word in spans"],
)  # fmt: skip
def test_lines(html: str, line: str) -> None:
    assert line in story(html).text.split("\n")


@pytest.mark.parametrize("tag", ["article", "div", "main", "section"])
@pytest.mark.parametrize(
    "html",
    [
        "<figure><img src=a><figcaption>The ferry in 2019, when nine were hurt. Photo: A. Lee</figcaption></figure>",
        "<div class='image'><img src=a><p class='caption'>The ferry in 2019, when nine were hurt.</p></div>",
        "<aside class='pullquote'><p>“The 62 passengers were taken off”</p></aside>",
        "<blockquote class='pull-quote'>62 passengers were taken off by lifeboats within an hour.</blockquote>",
        "<div class='related'><h3>Read more</h3><ul><li><a href=/x>Harbour master resigns over gifts</a></ul></div>",
        "<p><strong>Related: <a href=/x>Harbour master resigns over gifts</a></strong></p>",
        "<p>[READ MORE: Harbour master resigns over gifts]</p>",
        "<div class='newsletter'><p>Sign up for our newsletter.</p></div>",
        "<div class='paywall'><p>This article is for subscribers only.</p><p>To continue reading, subscribe now.</p></div>",
        "<p>Already a subscriber? Log in</p>",
        "<nav><a href=/>Home</a> <a href=/s>Sport</a></nav>",
        "<section id='comments'><h2>2 comments</h2><p>I heard that it sank, and that 40 drowned.</p></section>",
        "<amp-ad><div fallback>No advert</div></amp-ad>",
        "<amp-iframe src=a><p placeholder>The chart is loading</p></amp-iframe>",
        "<div data-qa='subscribe-promo'><p>Get the Harbour newsletter.</p></div>",
        "<div class='author-bio'><p>Ann Lee covers shipping for The Islander, which she joined in 2018.</p></div>",
        "<div class='image'><div style='background-image:url(a)'></div><p class='caption'>The ferry in 2019.</p></div>",
        "".join("<p><a href='/map'>Show it on the map</a></p>" for _ in range(3)),
        "<form><label>Your address</label><input name=q><button>Send</button></form>",
    ],
)  # fmt: skip
def test_what_is_no_line_of_the_story(html: str, tag: str) -> None:
    lines = story(html, tag=tag).text.split("\n")
    assert [line for line in lines if line != "Your address"] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Related: the port's own report on the fire, which came out on Monday.</p>",
        "<p>Read more books, the <a href=/x>librarian</a> told the children.</p>",
        "<p class='comment'>The minister would not comment on the fire.</p>",
        "<div class='paywall'><p>The fire began in a pump that had been repaired in May.</p></div>",
        "<p class='cookie-crumbs'>The ship's cook had been baking biscuits in the galley.</p>",
        "<p>He asked: “Already a member of the crew?” and she said yes.</p>",
        "<ul><li><a href=/a>Ann Lee</a>, captain of the ferry</li><li><a href=/b>Tom Ray</a>, its engineer</li></ul>",
        "<div class='social-housing'><p>The passengers slept in flats that belong to the town.</p></div>",
        "<blockquote class='quote'>“I have never seen such a fire,” said the captain.</blockquote>",
        "<figure><table><tr><td>Holm<td>4<tr><td>Skerry<td>7</table></figure>",
        "<div class='author-note'><p>The author of the report is an engineer from Holm who sailed on her.</p></div>",
        "<h3>What burned</h3><p>See the <a href=/x>list of the port</a> and the one of the company.</p>",
        "<h3>Ferries</h3><ul><li><a href=/a>Alma</a>, of 1987, which burned in the port of Holm</li></ul>",
        "<p class='share-price'>The company's shares fell by 4 percent in the week after the fire.</p>",
    ],
)  # fmt: skip
def test_what_looks_like_boilerplate_and_is_none(html: str) -> None:
    lines = story(html).text.split("\n")
    assert len(lines) >= 4
    assert {FIRST, SECOND, THIRD} <= set(lines)


def test_headings_over_links_alone_are_left_out() -> None:
    links = "<ul><li><a href=/x>Harbour master resigns over gifts</a></li></ul>"
    raw = page(
        f"<main><h1>Ferry stopped</h1><p>{FIRST}</p><h2>What burned</h2><p>{SECOND}</p>"
        f"<h2>On our site</h2>{links}<h2>Elsewhere</h2>{links}</main>"
    )
    assert raw.text.split("\n") == [FIRST, "What burned", SECOND]


def test_older_entries_of_a_live_blog_say_so() -> None:
    entry = "<div class=entry><p><time datetime='2023-06-02T{}:00Z'>{}</time></p><h2>{}</h2><p>{}</p></div>"
    raw = page(
        "<article class='live-blog'><h1>Ferry fire</h1>"
        + entry.format("12:10", "12.10", "Three hurt", "Three people are hurt, the port now says.")
        + entry.format("09:30", "9.30", "One hurt", "One person is hurt. The fire is out.")
        + "</article>"
    )
    assert raw.text.split("\n") == [
        "Three hurt",
        "Three people are hurt, the port now says.",
        "Earlier, at 09.30: One hurt",
        "Earlier, at 09.30: One person is hurt. Earlier, at 09.30: The fire is out.",
    ]


def test_a_live_blog_that_a_script_writes_is_read_from_json_ld() -> None:
    entries = [("07:05", "Sixty missing", "Sixty are missing."), ("11:45", "All safe", "All are safe. Four are hurt.")]
    updates = ", ".join(
        f'{{"datePublished": "2023-06-02T{time}:00Z", "headline": "{headline}", "articleBody": "{body}"}}'
        for time, headline, body in entries
    )
    blog = (
        f'{{"@type": "LiveBlogPosting", "headline": "Ferry", "liveBlogUpdate": [{updates}, 7, {{"articleBody": 1}}]}}'
    )
    assert page("<div id=app></div><script src=a.js></script>", ld(blog)).text.split("\n") == [
        "All safe",
        "All are safe. Four are hurt.",
        "Earlier, at 07.05: Sixty missing",
        "Earlier, at 07.05: Sixty are missing.",
    ]


def test_a_page_without_a_body_gives_the_articles_body_of_json_ld() -> None:
    body = f'{{"@type": "NewsArticle", "headline": "Ferry stopped", "articleBody": "<p>{FIRST}</p><p>{SECOND}</p>"}}'
    assert page("<div id=root></div>", head=ld(body)).text == f"{FIRST}\n{SECOND}"


TEASER = "<div><h3><a href=/{}>Ferry number {} was stopped</a></h3><p>It burned.</p></div>"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<main>" + "".join(TEASER.format(i, i) for i in range(6)) + "</main>", "list of teasers"),
        ("<div id=root></div><script src=app.js></script>", "needs JavaScript"),
        ("<div></div>", "no story"),
        ("<p " + " ".join(f"a{i}=1" for i in range(50_000)) + ">x", "attributes"),
        ("<div>" * 20_000 + "x", "nested"),
        ("<p>x" * 100_000, "elements"),
        ("<p>" + "word " * 2_100_000, "10 MB"),
        ("<p>" + "Words. " * 300_000, "million characters"),
        ("<style>" + ".x{color:red}" * 50_000 + "</style><p class=x>x", "style sheets"),
        ("<rss version='2.0'><channel><item><title>T</title></item></channel></rss>", "feed"),
        ("\x7fELF\0\0<p>", "binary"),
    ],
    ids=["teasers", "script", "empty", "attributes", "depth", "elements", "line", "text", "styles", "feed", "binary"],
)
def test_what_is_no_story_is_refused_by_name_and_soon(html: str, reason: str) -> None:
    started = time.process_time()
    with pytest.raises(Skip, match=reason):
        parse(html.encode(), "a.html")
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "html",
    [
        "<table>" + "<tr><td>Holm<td rowspan=1000 colspan=1000>4" * 100 + "</table>",
        "<table><tr><td>Holm<td>Skerry<tr><td>4<td>" * 40 + "</table>" * 40,
        "<div>" * 200 + "<p>The fire began in a pump.</p>" + "</div>" * 200,
        "<div class=comments>The fire began in a pump.</div>" * 500,
        "<div>" + "word<br>" * 2000 + "</div>",
        "<style>.x:has(a) ~ .x{display:none}</style>",
    ],
    ids=["spans", "tables in tables", "depth", "comments", "breaks", "selectors"],
)
def test_costly_markup_is_read_soon(html: str) -> None:
    started = time.process_time()
    assert FIRST in page(f"<article><p>{FIRST}</p><p>{SECOND} {THIRD}</p></article>{html}").text
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    ["{" * 100_000, '{"a":' * 100_000, '{"@type": "NewsArticle", "datePublished": ' + "1" * 10_000 + "}", "[" + "1," * 100_000,
     '{"@type": {"x": 1}, "author": 7}', '{"@type": "NewsArticle", "author": [[], {}, null], "publisher": [], "articleBody": {}}',
     '[null, 1, "x", {"@graph": {"@graph": []}}]'],
    ids=["braces", "nested", "number", "commas", "types", "wrong values", "wrong places"],
)  # fmt: skip
def test_hostile_json_ld_is_harmless(text: str) -> None:
    raw = story(head=ld(text))
    assert (raw.text.split("\n"), raw.published) == ([FIRST, SECOND, THIRD], None)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1252">', "windows-1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', "windows-1252"),
        ("", "windows-1252"),
        ('<meta charset="iso-8859-1">', "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ('<meta charset="iso-8859-2">', "iso-8859-2"),
    ],
    ids=["meta", "http-equiv", "none", "declares another", "mark", "utf-16", "latin 2"],
)
def test_encodings(head: str, encoding: str) -> None:
    sentence = "Die Brücke in Köln – für 40 € gebaut – ist seit Freitag für alle zu, sagte sie."
    if encoding == "iso-8859-2":
        sentence = "Most w Łodzi jest od piątku zamknięty dla wszystkich, powiedziała ona wczoraj."
    html = f"<html><head>{head}</head><body><p>{sentence}</p><p>Und auch die Fähre fährt heute nicht mehr.</p></body></html>"
    if encoding == "iso-8859-2":
        html = html.replace("ä", "a")
    assert sentence in parse(html.encode(encoding), "a.html").text


def test_entities_that_were_escaped_twice_are_characters() -> None:
    assert (
        "the port’s pumps & £4"
        in story("<p>It was the port&amp;#8217;s pumps &amp;amp; &amp;pound;4 that burned.</p>").text
    )


def test_xhtml_whose_scripts_are_closed_at_once() -> None:
    html = (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Ferry</title>'
        f'<script src="a.js"/></head><body><p>{FIRST}</p><p>{SECOND}</p></body></html>'
    )
    assert parse(html.encode(), "a.xhtml").text == f"{FIRST}\n{SECOND}"


def test_a_fragment_and_plain_text() -> None:
    assert parse(f"<p>{FIRST}</p><p>{SECOND}</p>".encode(), "a.html").text == f"{FIRST}\n{SECOND}"
    assert SECOND in parse(f"Ferry stopped\n\n{FIRST}\n\n{SECOND}".encode(), "a.html").text
