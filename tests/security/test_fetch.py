import ast
import datetime
import gzip
import ipaddress
import itertools
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.sites import Page
from writer.domain.errors import SourceRefused
from writer.security.fetch import fetch, parsed
from writer.security.networks import is_public

ROOT = Path(__file__).parents[2]
VENDORS = ("openai_compatible", "gemini", "gemini_legacy")  # their own SDKs' connections, to configured addresses
PRIVATE = "leads into a private network"


def at_home(host, port):
    return ["127.0.0.1"]


def get(url, *open_hosts, resolver=at_home, limit=10_000, **rest):
    return fetch(url, limit_bytes=limit, timeout=10, resolver=resolver, allow_private=frozenset(open_hosts), **rest)


def test_a_page_arrives_with_its_type_and_the_host_name_that_was_asked_for(serve):
    site = serve({"/a?b=c%20d": Page(body=b"hello", headers={"Content-Type": "text/HTML; charset=UTF-8"})})

    fetched = get(f"http://page.example:{site.port}/a?b=c%20d#part", f"page.example:{site.port}")

    assert (fetched.content, fetched.media_type, fetched.charset) == (b"hello", "text/html", "utf-8")
    assert site.asked == [("/a?b=c%20d", f"page.example:{site.port}")]


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/inside",
        "http://localhost:{port}/inside",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.7/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://[::1]:{port}/inside",
        "//127.0.0.1:{port}/inside",
    ],
)
def test_a_redirect_into_a_private_network_is_refused(serve, target):
    inside = serve({"/inside": Page(body=b"secret")})
    site = serve({"/": Page(302, headers={"Location": target.format(port=inside.port)})})

    with pytest.raises(SourceRefused, match=PRIVATE):
        get(f"http://page.example:{site.port}/", f"page.example:{site.port}")

    assert inside.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://page.example/x", "gopher://x:70/_", "javascript:1"])
def test_a_redirect_to_another_kind_of_address_is_refused(serve, target):
    site = serve({"/": Page(302, headers={"Location": target})})

    with pytest.raises(SourceRefused):
        get(f"http://page.example:{site.port}/", f"page.example:{site.port}")


def test_three_redirects_are_followed_and_a_fourth_is_not(serve):
    pages = {f"/{n}": Page(302, headers={"Location": f"/{n + 1}"}) for n in range(4)}
    site = serve(pages | {"/4": Page(body=b"end")})
    start = f"http://page.example:{site.port}"

    assert get(f"{start}/1", f"page.example:{site.port}").url == f"{start}/4"
    with pytest.raises(SourceRefused, match="more than 3 times"):
        get(f"{start}/0", f"page.example:{site.port}")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@page.example/",
        "http://page.example\\@127.0.0.1/",
        "http://user:pw@127.0.0.1/",
        "http://page.example@127.0.0.1/",
        "http://127.0.0.1%00@page.example/",
        "http://127.0.0.1%2f@page.example/",
        "http:// 127.0.0.1/",
        "http://127.0.0.1\t.page.example/",
        "http://page.example/\r\nHost: 127.0.0.1",
        "ht\ntp://127.0.0.1/",
        "http:///127.0.0.1/",
        "http://",
        "http:127.0.0.1",
        "http://[::1",
        "http://[::1%25lo]/",
        "http://page.example:0/",
        "http://page.example:99999/",
        "http://page.example:8x/",
        "http://-.example/",
        "http://a..b/",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "data:text/html,x",
        "//page.example/",
        "page.example",
        "http://" + "a" * 5000,
        "",
    ],
)
def test_an_address_that_two_programs_might_read_differently_is_refused(url):
    with pytest.raises(SourceRefused):
        parsed(url)


@pytest.mark.parametrize(
    "url", ["http://page.example#@127.0.0.1/", "http://page.example/?@127.0.0.1", "http://page.example?x"]
)
def test_what_follows_the_host_cannot_become_the_host(url):
    assert parsed(url).host == "page.example"


def test_names_in_other_scripts_become_their_ascii_form():
    assert parsed("http://bücher.example/ü").url == "http://xn--bcher-kva.example/%C3%BC"


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0x7f.1",
        "017700000001",
        "127.0.0.1.",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "0",
    ],
)
def test_odd_forms_of_an_ipv4_address_lead_nowhere(host):
    with pytest.raises(SourceRefused):
        get(f"http://{host}/", resolver=lambda *_: ["127.0.0.1"])


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001:0:53aa:64c::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "not-an-address",
    ],
)
def test_addresses_that_are_not_the_open_internet_are_known(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_of_the_open_internet_are_known(address):
    assert is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["::ffff:a9fe:a9fe"], []])
def test_a_name_with_any_private_answer_is_refused(found):
    with pytest.raises(SourceRefused, match=PRIVATE):
        get("http://page.example/", resolver=lambda *_: found)


def test_the_address_that_was_checked_is_the_one_connected_to(serve):
    site = serve({"/": Page(body=b"checked")})
    answers = iter([["127.0.0.1"], ["127.0.0.9"]])

    fetched = get(f"http://page.example:{site.port}/", "page.example", resolver=lambda *_: next(answers))

    assert fetched.content == b"checked"
    assert next(answers) == ["127.0.0.9"], "the name was looked up twice"


def test_each_hop_is_looked_up_and_checked_again(serve):
    site = serve({"/": Page(302, headers={"Location": "http://other.example/"})})
    looked_up = []

    def resolver(host, port):
        looked_up.append((host, port))
        return ["127.0.0.1"]

    with pytest.raises(SourceRefused, match=r"other\.example leads into a private network"):
        get(f"http://page.example:{site.port}/", f"page.example:{site.port}", resolver=resolver)

    assert looked_up == [("page.example", site.port), ("other.example", 80)]


def certificate_for(host, folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "site.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return pem


def test_over_tls_the_name_is_proved_though_the_connection_goes_to_the_checked_address(serve, tmp_path):
    pem = certificate_for("page.example", tmp_path)
    asked_for = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    server.sni_callback = lambda _, name, __: asked_for.append(name)
    site = serve({"/": Page(body=b"private")}, tls=server)
    trust = ssl.create_default_context(cafile=pem)
    where = f"page.example:{site.port}"

    assert get(f"https://{where}/", where, ssl_context=trust).content == b"private"
    assert asked_for == ["page.example"]
    with pytest.raises(SourceRefused, match=r"other\.example could not be reached"):
        get(f"https://other.example:{site.port}/", "other.example", ssl_context=trust)


def test_a_proxy_in_the_environment_is_not_asked(serve, monkeypatch):
    proxy = serve({})
    site = serve({"/": Page(body=b"direct")})
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")

    assert get(f"http://page.example:{site.port}/", "page.example").content == b"direct"
    assert proxy.asked == []


@pytest.mark.parametrize(
    "page",
    [
        Page(body=b"x" * 20_000),
        Page(body=b"x" * 20_000, announce=False),
        Page(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["announced", "not announced", "packed"],
)
def test_a_body_over_the_limit_is_not_read_to_its_end(serve, page):
    site = serve({"/": page})

    with pytest.raises(SourceRefused, match="larger than 10,000 bytes"):
        get(f"http://page.example:{site.port}/", "page.example")


def test_a_packed_body_within_the_limit_is_unpacked(serve):
    site = serve({"/": Page(body=gzip.compress(b"hello" * 100), headers={"Content-Encoding": "gzip"})})

    assert get(f"http://page.example:{site.port}/", "page.example").content == b"hello" * 100


@pytest.mark.parametrize("packed", [("gzip", b"not gzip"), ("br", b"x"), ("gzip, br", b"x")])
def test_a_body_that_cannot_be_unpacked_is_refused(serve, packed):
    site = serve({"/": Page(body=packed[1], headers={"Content-Encoding": packed[0]})})

    with pytest.raises(SourceRefused, match="packed"):
        get(f"http://page.example:{site.port}/", "page.example")


def test_the_time_limit_holds_for_the_whole_answer(serve):
    site = serve({"/": Page(body=b"late")})
    ticks = itertools.chain([0.0, 0.0], itertools.repeat(11.0))

    with pytest.raises(SourceRefused, match="took too long"):
        get(f"http://page.example:{site.port}/", "page.example", clock=lambda: next(ticks))


def test_a_status_other_than_ok_and_a_dead_host_are_sentences(serve):
    site = serve({})

    with pytest.raises(SourceRefused, match=r"page\.example answered with the status 404\."):
        get(f"http://page.example:{site.port}/", "page.example")
    with pytest.raises(SourceRefused, match="could not be reached"):
        get("http://page.example:9/", "page.example")


def test_only_the_fetcher_opens_connections_to_chosen_addresses():
    clients = {"httpx", "httpx2", "httpcore", "requests", "urllib3", "aiohttp", "http.client", "urllib.request"}
    fetchers = {f"writer/security/{name}.py" for name in ("fetch", "pinned", "streaming")}
    adapters = {*fetchers, *(f"writer/providers/{name}.py" for name in VENDORS)}
    offenders = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "writer").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if any(name == client or name.startswith(f"{client}.") for client in clients)
    }

    assert offenders <= adapters


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_the_list_of_networks_holds_networks():
    assert ipaddress.ip_address("168.63.129.16").is_global, "the standard library does not know this one"
