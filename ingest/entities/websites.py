"""Websites of firms, reduced to the registered domain."""

import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

# Hosts on which unrelated firms have a page or a mailbox. Shops and blogs under a name of their own, such as
# acme.github.io, need no entry: the public suffix list knows their hosts.
FREE_HOSTS = frozenset(
    """
    163.com 126.com 1688.com 360.cn about.me alibaba.com aliyun.com amazon.com angel.co angellist.com aol.com
    apple.com baidu.com behance.net bilibili.com bing.com bit.ly bloomberg.com crunchbase.com discord.com discord.gg
    douyin.com dropbox.com ebay.com etsy.com f6s.com facebook.com fb.com flickr.com foxmail.com free.fr g.page gitee.com
    github.com gitlab.com gmail.com gmx.de gmx.net goo.gl google.com hotmail.com icloud.com indiegogo.com instagram.com
    kickstarter.com linkedin.com linktr.ee live.com made-in-china.com mail.ru medium.com meetup.com messenger.com
    msn.com naver.com orange.fr outlook.com pinterest.com protonmail.com qcc.com qichacha.com qq.com reddit.com
    sina.com sina.com.cn sites.google.com slideshare.net sohu.com t-online.de t.co t.me taobao.com telegram.me
    tianyancha.com tiktok.com tmall.com tripod.com twitter.com vimeo.com vk.com wanadoo.fr web.de weebly.com weibo.com
    wikipedia.org wix.com wordpress.com x.com yahoo.co.jp yahoo.com yandex.ru yelp.com youtu.be youtube.com zhihu.com
    """.split()
)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.\-]*://")


def registrable_domain(website: str) -> str:
    """Return the registered domain of a website; empty for a host of many firms, and for text that is no address.

    Examples
    --------
    >>> registrable_domain("HTTPS://www.Acme.co.uk:443/about"), registrable_domain("acme.com.cn")
    ('acme.co.uk', 'acme.com.cn')
    >>> registrable_domain("https://www.facebook.com/acme"), registrable_domain("acme.github.io")
    ('', 'acme.github.io')
    """
    text = unicodedata.normalize("NFKC", website).strip().casefold()
    if not text or any(character.isspace() for character in text):
        return ""
    try:
        host = urlsplit(text if _SCHEME.match(text) else f"//{text.removeprefix('//')}").hostname or ""
        ascii_host = host.rstrip(".").encode("idna").decode("ascii")
    except (UnicodeError, ValueError):
        return ""
    domain = _suffixes().privatesuffix(ascii_host) or ""
    return "" if domain in FREE_HOSTS else domain


@cache
def _suffixes() -> PublicSuffixList:
    # With unknown suffixes refused, `acme.local` and an address of numbers are no one's domain.
    return PublicSuffixList(accept_unknown=False)
