"""Remove the parts of a page that are not its story and say so in their markup.

A part goes by its tag, its role, or a marker in its class or id, and only if it is small beside the page and holds
neither a headline nor an article: `<article class="cookie-recipes">` and `<body class="has-newsletter">` stay.
"""

import re
from collections.abc import Iterable

from index.read.html.markup import Element

_TAGS = ("dialog", "nav", "footer", "aside", "menu", "figcaption", "amp-ad", "amp-consent", "amp-sidebar", "address")
_ROLES = frozenset(
    (
        "dialog", "alertdialog", "navigation", "contentinfo", "search", "menu", "menubar", "toolbar",
        "complementary",
    )
)  # fmt: skip
_STORY = ".//h1|.//article|.//main|.//*[@itemprop='articleBody']"
_NAMES = ("class", "id", "data-qa", "data-testid", "data-component", "data-component-name")
"""Attributes that name a part. Where classes are made by a program (`css-1u4`), the data- ones say what it is."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")

_CONSENT = frozenset(
    (
        "cookie", "cookies", "consent", "gdpr", "onetrust", "didomi", "ccpa", "cmp",
    )
)  # fmt: skip
_CONSENT_ALONE = frozenset((
    "cookiebar", "cookiebanner", "cookiebot", "cookieconsent", "cookielaw", "cookienotice", "cookiewall", "onetrust",
    "didomi", "iubenda", "cmplz", "truste", "trustarc", "usercentrics", "osano", "axeptio", "tarteaucitron",
    "quantcast", "cky",
))  # fmt: skip
"""Names that nothing but a consent dialog has: the makers' of such dialogs, and what they are called in one word."""
_COMMENTS = frozenset(
    (
        "comments", "disqus", "commentlist",
    )
)  # fmt: skip
_NAVIGATION = frozenset(
    (
        "breadcrumb", "breadcrumbs", "pagination", "navbar", "sidebar", "foot", "footer", "masthead",
        "skiplink",
    )
)  # fmt: skip
_SHARING = frozenset(
    (
        "share", "sharing", "social", "socials", "sharebar", "addthis", "sharedaddy",
    )
)  # fmt: skip
_OFFER = frozenset(
    (
        "newsletter", "subscribe", "subscription", "subscriber", "signup", "paywall", "regwall", "piano",
        "promo", "advert", "advertisement", "ad", "ads", "adslot", "sponsor", "sponsored", "donate", "donation",
        "membership",
    )
)  # fmt: skip
_OTHER_STORIES = frozenset(
    (
        "related", "recirculation", "recirc", "recommended", "recommendations", "trending", "popular",
        "outbrain", "taboola", "teaser", "teasers", "morestories", "readmore", "readnext", "seealso",
    )
)  # fmt: skip
_TAG_LIST = frozenset(("tags", "taglist", "keywords"))
_OFFER_WORDS = re.compile(
    r"subscri|sign up|log ?in|newsletter|account|advert|sponsor|donat|support (?:us|our)|member|inbox|app\b|offer"
    r"|register|free trial|unlock",
    re.IGNORECASE,
)
_CAPTION = frozenset(("caption", "captions", "credit", "credits", "photographer", "copyright", "figcaption"))
_IMAGES = ".//img|.//picture|.//amp-img|.//video|.//*[contains(@style, 'background-image')]"
_AUTHOR = frozenset(("author", "authors", "contributor", "contributors"))
_BIOGRAPHY = frozenset(("bio", "biography", "about", "description", "box", "profile"))
_SHORTEST_BIOGRAPHY = 8  # words; less is a byline
_LONGEST_OFFER = 80  # words; chosen, not measured: a longer part may hold a paragraph of the story


def remove_dialogs(root: Element) -> None:
    """Remove open dialogs and consent banners, which may be all that a page shows before its story."""
    parts = root.xpath("//body//*[@role or @class or @id] | //body//dialog")
    _remove_small(root, [part for part in parts if _is_dialog(part, markers(part))])


def remove_boilerplate(root: Element) -> None:
    """Remove navigation, comments, adverts, captions and other stories. Text that follows a part stays."""
    parts = [(part, markers(part)) for part in root.xpath("//body//*")]
    for rule in _RULES:
        _remove_small(root, [part for part, named in parts if rule(part, named)])


def markers(element: Element) -> frozenset[str]:
    """Return the words of an element's names, in lower case: `siteFooter-main` has site, footer and main."""
    named = " ".join(element.get(name, "") for name in _NAMES)[:1000]
    return frozenset(word.lower() for word in _WORD.findall(named))


def length(element: Element) -> int:
    """Return the number of characters of an element's text, white space counted once."""
    return len(" ".join("".join(element.itertext()).split()))


def _remove_small(root: Element, parts: Iterable[Element]) -> None:
    """Remove parts that hold no story. If together they are half of the page, the marker means something else here."""
    body = root.find("body")
    if body is None:
        return
    chosen = [part for part in parts if part.getparent() is not None and not part.xpath(_STORY)]
    outer, seen = [], set()
    for part in chosen:  # in document order: a part inside another comes after it
        seen.add(part)
        if not any(up in seen for up in part.iterancestors()):
            outer.append(part)
    if sum(map(length, outer)) * 2 > length(body):
        outer = [part for part in outer if part.tag in ("dialog", "nav") or part.get("role") == "dialog" or _asks(part)]
    for part in outer:
        if part.tag not in ("body", "html"):
            part.drop_tree()


def _is_dialog(part: Element, named: frozenset[str]) -> bool:
    return part.tag == "dialog" or part.get("role") in ("dialog", "alertdialog") or _is_consent(part, named)


def _by_tag(part: Element, _named: frozenset[str]) -> bool:
    waits = "placeholder" in part.attrib or "fallback" in part.attrib  # in AMP: until something is loaded, or instead
    return waits or part.tag in _TAGS or part.get("role") in _ROLES


def _is_consent(part: Element, named: frozenset[str]) -> bool:
    return part.tag not in ("p", "a", "span") and (bool(named & _CONSENT) or _asks(part))


def _asks(part: Element) -> bool:
    named = markers(part)
    return bool(named & _CONSENT_ALONE) or named >= {"sp", "message"}


def _is_comments(part: Element, named: frozenset[str]) -> bool:
    return bool(named & _COMMENTS) or part.get("itemtype", "").endswith("/Comment")


def _is_navigation(part: Element, named: frozenset[str]) -> bool:
    return bool(named & _NAVIGATION) or (part.tag == "header" and _linked_share(part) > 0.5)


def _is_sharing(part: Element, named: frozenset[str]) -> bool:
    return bool(named & _SHARING) and (len(part.text_content().split()) <= 5 or _linked_share(part) > 0.5)


def _is_offer(part: Element, named: frozenset[str]) -> bool:
    """Return whether a part is an offer by its marker and its words. `paywall` alone wraps whole stories elsewhere."""
    if not named & _OFFER:
        return False
    words = part.text_content().split()
    return len(words) <= 4 or (len(words) <= _LONGEST_OFFER and bool(_OFFER_WORDS.search(" ".join(words))))


def _is_other_stories(part: Element, named: frozenset[str]) -> bool:
    related = named & _OTHER_STORIES or {"read", "more"} <= named or {"more", "stories"} <= named
    if related and _linked_share(part) > 0.5:
        return True
    return bool(named & _TAG_LIST) and _linked_share(part) > 0.7


def _is_caption(part: Element, named: frozenset[str]) -> bool:
    """Return whether a part describes a picture: the words of a figure, or a caption beside one."""
    if part.tag == "figure":
        return False
    up = part.getparent()
    figure = next(part.iterancestors("figure", "amp-lightbox-gallery"), None)
    if figure is not None:
        return not part.xpath("descendant-or-self::table|descendant-or-self::blockquote|descendant-or-self::pre") and (
            bool(figure.xpath(_IMAGES)) and not part.xpath(_IMAGES) and part.tag in ("p", "div", "span", "small")
        )
    if not named & _CAPTION or up is None or part.xpath(_IMAGES):
        return False
    return bool(up.xpath(_IMAGES)) and len(up.xpath(".//p")) <= 2


def _is_biography(part: Element, named: frozenset[str]) -> bool:
    """Return whether a part tells of who wrote the story."""
    if "authorbio" not in named and not (named & _AUTHOR and named & _BIOGRAPHY):
        return False
    return _SHORTEST_BIOGRAPHY <= len(part.text_content().split()) <= _LONGEST_OFFER


def _linked_share(part: Element) -> float:
    linked = sum(length(link) for link in part.iter("a"))
    return linked / max(1, length(part))


_RULES = (
    _by_tag,
    _is_consent,
    _is_comments,
    _is_navigation,
    _is_sharing,
    _is_offer,
    _is_other_stories,
    _is_caption,
    _is_biography,
)
