"""Every message of the corpus becomes what it is to become, and nothing that was read breaks a promise."""

from __future__ import annotations

import pytest

from adapters.email.reading.limits import Limits
from adapters.email.reading.message import read_mail
from bot.domain.mail import IncomingMail
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
    check_bounce(sample, mail)
    assert broken_promises(mail, Limits()) == []


def check_bounce(sample: Sample, mail: IncomingMail) -> None:
    if sample.bounce is None:
        assert mail.bounce is None
        return
    of, to, permanent, why = sample.bounce
    assert mail.bounce is not None
    assert (mail.bounce.of, mail.bounce.to, mail.bounce.permanent) == (of, to, permanent)
    assert why in mail.bounce.why


def test_the_corpus_has_no_two_of_one_name() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)
