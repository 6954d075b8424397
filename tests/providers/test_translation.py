"""The SDKs' exceptions of both families: openai 2.x lets httpx's through, openai 3.x and google-genai are on httpx2."""

import json
import ssl
from types import ModuleType

import httpx
import httpx2
import openai
import pytest

from writer.domain.errors import (
    AuthenticationFailed,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
)
from writer.providers.translation import foreign_errors, of_status, redacted, seconds_asked, translated

FAMILIES = [httpx, httpx2]
KEY = "CANARY-0123456789"


def translation_of(error: Exception, key: str = KEY) -> ProviderError:
    with pytest.raises(ProviderError) as caught, translated("a:m", foreign_errors(openai.OpenAIError), key):
        raise error
    return caught.value


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["RemoteProtocolError", "ConnectError", "ReadError", "WriteError", "CloseError"])
def test_a_raw_network_error_of_either_family_is_unavailable(family: ModuleType, name: str):
    error = getattr(family, name)("peer closed connection")

    ours = translation_of(error)

    assert type(ours) is ProviderUnavailable
    assert ours.__cause__ is error


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["ConnectTimeout", "ReadTimeout", "PoolTimeout", "WriteTimeout"])
def test_a_raw_timeout_of_either_family_is_a_timeout(family: ModuleType, name: str):
    assert type(translation_of(getattr(family, name)("too slow"))) is ProviderTimeout


@pytest.mark.parametrize("family", FAMILIES)
def test_an_address_that_cannot_be_used_is_not_tried_again(family: ModuleType):
    assert type(translation_of(family.UnsupportedProtocol("no scheme"))) is RequestRejected
    assert type(translation_of(family.InvalidURL("what?"))) is RequestRejected


def test_openais_own_errors_are_understood():
    request = httpx2.Request("POST", "http://127.0.0.1/v1")

    assert type(translation_of(openai.APIConnectionError(request=request))) is ProviderUnavailable
    assert type(translation_of(openai.APITimeoutError(request=request))) is ProviderTimeout
    assert type(translation_of(openai.APIError("overloaded", request, body=None))) is ProviderUnavailable


def test_a_status_error_as_openai_2_makes_it_is_understood():
    response = httpx.Response(429, headers={"retry-after": "7"}, request=httpx.Request("POST", "http://127.0.0.1"))
    error = openai.RateLimitError("slow down", response=response, body={"code": "rate_limit_exceeded"})

    ours = translation_of(error)

    assert isinstance(ours, RateLimited)
    assert ours.retry_after == 7


@pytest.mark.parametrize(
    "error",
    [json.JSONDecodeError("Expecting value", "{", 0), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid")],
)
def test_a_reply_that_cannot_be_read_is_unavailable(error: Exception):
    assert "cannot be read" in str(translation_of(error))


def test_a_socket_error_is_unavailable():
    assert type(translation_of(ConnectionResetError())) is ProviderUnavailable
    assert type(translation_of(ssl.SSLError())) is ProviderUnavailable
    assert type(translation_of(TimeoutError())) is ProviderTimeout


def test_a_mistake_in_our_own_code_is_not_translated():
    with pytest.raises(ZeroDivisionError), translated("a:m", foreign_errors(openai.OpenAIError)):
        raise ZeroDivisionError


@pytest.mark.parametrize("word", ["insufficient_quota", "billing_hard_limit_reached", "GenerateRequestsPerDay"])
def test_a_429_that_no_waiting_cures_is_told_apart(word: str):
    assert type(of_status("a:m", 429, "", {}, f'{{"code": "{word}"}}')) is QuotaExhausted


def test_gemini_tells_the_wait_in_the_body_and_a_wrong_key_by_400():
    limited = of_status("a:m", 429, "", {}, "{'@type': 'google.rpc.RetryInfo', 'retryDelay': '34s'}")
    refused = of_status("a:m", 400, "", {}, "{'reason': 'API_KEY_INVALID', 'message': 'API key not valid'}")

    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 34
    assert type(refused) is AuthenticationFailed


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "9"}, 9),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Fri, 01 May 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Fri, 01 May 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None):
    assert seconds_asked(headers, now=lambda: 1777636800.0) == seconds


def test_keys_are_taken_out_of_what_services_say():
    told = redacted(f"Incorrect API key provided: sk-proj-abcdefghijkl. Bearer xyz123 {KEY}", KEY)

    assert told == "Incorrect API key provided: [key]. [key] [key]"


def test_a_cause_that_shows_the_key_is_left_out():
    response = httpx2.Response(401, request=httpx2.Request("POST", "http://127.0.0.1"))
    error = openai.AuthenticationError(f"wrong: {KEY}", response=response, body={"message": f"wrong: {KEY}"})

    ours = translation_of(error)

    assert ours.__cause__ is None
    assert KEY not in str(ours)


def test_long_answers_are_cut():
    assert len(str(of_status("a:m", 400, "x" * 300, {}))) < 400
