"""What of an address someone registered, and hosts that tell nothing."""

import pytest

from littlegiants.ingest.entities.websites import registrable_domain


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.acme.com/", "acme.com"),
        ("acme.com", "acme.com"),
        ("WWW.ACME.COM:8080/x?y#z", "acme.com"),
        ("http://shop.acme.co.uk", "acme.co.uk"),
        ("http://www.acme.com.cn", "acme.com.cn"),
        ("ｈｔｔｐ：／／ａｃｍｅ．ｃｏｍ", "acme.com"),
        ("https://bücher.de", "xn--bcher-kva.de"),
        ("https://acme.github.io/x", "acme.github.io"),
        ("//acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
    ],
)
def test_registered_part(website, domain):
    assert registrable_domain(website) == domain


@pytest.mark.parametrize(
    "website",
    [
        "",
        "n/a",
        "none",
        "com",
        "http://co.uk",
        "https://www.linkedin.com/company/acme",
        "https://weibo.com/acme",
        "acme@gmail.com",
        "http://192.168.0.1",
        "http://[::1",
        "acme.local",
        "see acme.com",
        "http://",
        "https://" + "a" * 300 + ".com",
    ],
)
def test_what_tells_nothing(website):
    assert registrable_domain(website) == ""
