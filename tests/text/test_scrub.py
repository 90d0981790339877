"""What is personal is covered, in every script; what is not stays."""

import pytest

from hearwell.text.scrub import COVERED, Scrubber

SCRUBBER = Scrubber(
    ("pt-BR", "ur", "pa", "ml"),
    names=("Maria da Silva", "will smith", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "സോഫിയ"),
)

PERSONAL = [
    "joão.silva@exemplo.com.br",
    "https://shop.example/orders/77?user=9",
    "shop.example/a?user=9",
    "www.example.org/me",
    "192.168.1.20",
    "2001:db8::1",
    "4111 1111 1111 1111",  # the check digit of a card holds
    "4111-1111-1111-1111",
    "GB82 WEST 1234 5698 7654 32",  # the example of the registry of IBANs
    "gb82west12345698765432",
    "390.533.447-05",
    "390 533 447 05",
    "35202-1234567-1",
    "0300-1234567",
    "۰۳۰۰-۱۲۳۴۵۶۷",
    "੯੮੭੬੫ ੪੩੨੧੦",
    "(11) 98765-4321",
    "+44 20 7946 0958",
    "12345678",
    "၁၂၃၄၅၆၇၈",
    "Maria da Silva",
    "MARIA DA SILVA",
    "Maria",
    "Smith",
    "ਗੁਰਪ੍ਰੀਤ",
    "സോഫിയയുടെ",
]


@pytest.mark.parametrize("personal", PERSONAL)
def test_personal_is_covered(personal):
    assert f"a {COVERED} b" == SCRUBBER.scrub(f"a {personal} b")


@pytest.mark.parametrize(
    "text",
    [
        "order 123456 of 01/03/2018, 30 days, R$ 1.299,90",
        "called at 10:20:30 on line 3",
        "see exemplo.com",
        "it will arrive; maria-mole is a sweet",
        "std::string a:b c::d",
        "ਮੇਰਾ ਆਰਡਰ 3 ਦਿਨ ਤੋਂ ਨਹੀਂ ਆਇਆ",
        "2 : 1, (3) 4/5? ok",
    ],
)
def test_the_rest_stays(text):
    assert text == SCRUBBER.scrub(text)


def test_texts_stay_apart():
    texts = ["call 0300-", "1234567", "", "a\x00b@c.de", "4111 1111", "1111 1111"]
    assert [
        "call 0300-",
        COVERED,
        "",
        f"a {COVERED}",
        "4111 1111",
        "1111 1111",
    ] == SCRUBBER.scrubbed(texts)


def test_without_languages_and_names_numbers_are_covered():
    assert f"ring {COVERED}" == Scrubber().scrub("ring 0300-1234567")
