"""Pages to any service: by an address that stays a secret, and told what came of it as far as it can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.apprise.inside import objection
from bot.cards import Tone, say
from bot.domain.contacts import EMAIL, SERVICE, Contact
from bot.domain.errors import Refusal
from bot.ports import CannotDeliver
from tests.adapters.apprise.ground import Ground
from tests.adapters.apprise.service import TOKEN, Service
from tests.adapters.pagers import PAGE, Paging, page_for


@pytest.fixture
def ground() -> Iterator[Ground]:
    with Ground() as ground:
        yield ground


@pytest.fixture
def desk(ground: Ground, tmp_path: Path) -> Iterator[Paging]:
    desk = Paging(tmp_path, "apprise", ground.settings, ground.contact)
    desk.start()
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("tone", "kind"),
    [(Tone.PLAIN, "info"), (Tone.GOOD, "success"), (Tone.WARNING, "warning"), (Tone.BREACH, "failure")],
)
def test_how_bad_it_is_is_told_in_the_services_way(desk: Paging, ground: Ground, tone: Tone, kind: str) -> None:
    desk.delivers(page_for(ground, card=replace(PAGE, tone=tone)))
    (told,) = ground.service.told
    assert (told["type"], told["title"]) == (kind, "Page 7: #42 Printer on fire")
    assert ground.service.paths == [f"/{TOKEN}"]


def test_a_card_of_one_line_is_told_once(desk: Paging, ground: Ground) -> None:
    desk.delivers(page_for(ground, card=say("Your code is 123456.")))
    (told,) = ground.service.told
    assert "123456" in told["message"]


@pytest.mark.parametrize("address", ["", "nowhere", "nope://x/y", "json://", "json://localhost/a, json://localhost/b"])
def test_an_address_that_is_none_is_given_up(desk: Paging, ground: Ground, address: str) -> None:
    contact = desk.saves(Contact(0, "lee", SERVICE, address))
    with pytest.raises(CannotDeliver) as refused:
        desk.delivers(page_for(ground, place=f"contact:{contact.id}"))
    assert refused.value.permanent
    assert not address or address not in refused.value.reason


def test_a_contact_that_is_gone_is_told_nothing(desk: Paging, ground: Ground) -> None:
    other = desk.saves(Contact(0, "lee", EMAIL, "lee@example.com"))
    for place in ("contact:99", f"contact:{other.id}", "contact:", "contact:x", "@kim", f"contact:{10**30}"):
        with pytest.raises(CannotDeliver, match="gone") as refused:
            desk.delivers(page_for(ground, place=place))
        assert refused.value.permanent
    assert ground.service.told == []


@pytest.mark.parametrize(("status", "permanent"), [(401, True), (410, True), (408, False), (429, False), (500, False)])
def test_a_wrong_address_is_told_from_a_busy_service(
    desk: Paging, ground: Ground, status: int, permanent: bool
) -> None:
    ground.service.answers = status
    with pytest.raises(CannotDeliver, match=str(status)) as refused:
        desk.delivers(page_for(ground))
    assert refused.value.permanent is permanent


def test_a_service_that_never_answers_may_have_taken_it(desk: Paging, ground: Ground) -> None:
    ground.service.never_answers = True
    contact = desk.saves(Contact(0, "lee", SERVICE, f"{ground.service.address}?rto=0.2"))
    with pytest.raises(CannotDeliver) as refused:
        desk.delivers(page_for(ground, place=f"contact:{contact.id}"))
    assert (refused.value.unknown, refused.value.permanent) == (True, False)


def test_it_must_be_asked_for(tmp_path: Path) -> None:
    with Service(), pytest.raises(Refusal, match="apprise"):
        Paging(tmp_path, "apprise", {})


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("json://127.0.0.1:{port}/x", "apprise_inside"),
        ("json://localhost:{port}/x", "apprise_inside"),
        ("json://[::1]:{port}/x", "apprise_inside"),
        ("json://169.254.169.254/latest", "apprise_inside"),
        ("gotify://10.0.0.1/Axxxxxxxxxxxxxx", "apprise_inside"),
        ("syslog://", "own machine"),
        ("workflow://host/a/b?template=/etc/passwd", "names a file"),
    ],
)
def test_what_is_inside_the_desks_network_is_asked_only_where_its_operator_says_so(
    tmp_path: Path, ground: Ground, address: str, why: str
) -> None:
    """A colleague writes the address down, and the desk's own machine would ask it."""
    contact = replace(ground.contact, address=address.format(port=ground.service.port))
    desk = Paging(tmp_path, "apprise", {"apprise": True}, contact)
    desk.start()
    try:
        with pytest.raises(CannotDeliver, match=why) as refused:
            desk.delivers(page_for(ground))
        assert refused.value.permanent
        assert ground.service.told == []
    finally:
        desk.close()


@pytest.mark.parametrize(
    "address", ["ntfy://topic", "tgram://123456789:abcdefg/12315544/", "json://93.184.215.14/x", ""]
)
def test_what_is_on_the_internet_is_asked(address: str) -> None:
    assert objection(address, ()) == ""
