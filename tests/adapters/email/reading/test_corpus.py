"""Every message of the corpus becomes what it is to become, and nothing that was read breaks a promise."""

from __future__ import annotations

import pytest

from adapters.email.reading.limits import Limits
from adapters.email.reading.message import read_mail
from bot.domain.mail import Bounce, IncomingMail
from tests.adapters.email.corpus import hostile, machines, people
from tests.adapters.email.corpus.sample import OWN, Sample
from tests.adapters.email.reading.promises import broken_promises

SAMPLES = [*people.samples(), *machines.samples(), *hostile.samples()]


@pytest.fixture(params=SAMPLES, ids=[sample.name for sample in SAMPLES])
def sample(request: pytest.FixtureRequest) -> Sample:
    found: Sample = request.param
    return found


def read(sample: Sample) -> IncomingMail:
    return read_mail(sample.raw, own=OWN, limits=Limits())


def test_a_message_becomes_what_it_is_to_become(sample: Sample) -> None:
    mail = read(sample)
    assert sample.text in (None, mail.text)
    assert sample.subject in (None, mail.subject)
    assert sample.sender in (None, mail.sender)
    assert bool(mail.machine) == bool(sample.machine), mail.machine
    assert sample.machine in mail.machine
    assert tuple((file.name, file.type) for file in mail.files) == sample.files
    assert len(mail.left_out) == len(sample.left_out), mail.left_out
    for told, words in zip(mail.left_out, sample.left_out, strict=True):
        assert words in told
    for words in sample.lacks:
        assert words not in mail.whole


def test_a_bounce_says_which_letter_failed_for_whom_and_why(sample: Sample) -> None:
    bounce = read(sample).bounce
    if sample.bounce is None:
        assert bounce is None
    else:
        of, to, permanent, why = sample.bounce
        assert bounce is not None
        assert Bounce(bounce.of, bounce.to, bounce.permanent, "") == Bounce(of, to, permanent, "")
        assert why in bounce.why


def test_what_was_read_keeps_every_promise(sample: Sample) -> None:
    assert broken_promises(read(sample), Limits()) == []


def test_a_message_reads_the_same_twice(sample: Sample) -> None:
    assert read(sample) == read(sample)


def test_the_corpus_has_no_two_of_one_name() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)
