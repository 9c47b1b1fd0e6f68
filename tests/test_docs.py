"""The pages are true: their transcripts are played, and what they name exists."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from typer.core import TyperGroup
from typer.main import get_group

from adapters.console.session import LOCAL_WORDS
from adapters.discord.setup.permissions import needed, number
from bot.cli.app import app
from bot.domain.duty import Duty
from bot.settings import PREFIX, Discord, Email, Mailbox, OAuth, Phone, Settings, Slack
from bot.views.page_speech import ENGLISH_SPEECH
from commands import catalogue
from docs import paging_picture
from docs.picture import PICTURE, picture
from docs.reference import PAGE, reference
from docs.transcripts import BLOCK, replayed

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
HAND_WRITTEN = [page for page in PAGES if page != PAGE]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`|^    (.+)$|^\$ (.+)$", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _name(page: Path) -> str:
    return page.name


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _code(page: Path) -> Iterator[str]:
    """What stands as code on the page: inline, indented, and typed into a shell."""
    yield from _code_of(_text(page))


def _code_of(text: str) -> Iterator[str]:
    for match in CODE.finditer(text):
        yield next(part for part in match.groups() if part)


@pytest.mark.parametrize("page", [page for page in PAGES if BLOCK.search(_text(page))], ids=_name)
def test_every_transcript_is_what_the_desk_says_today(page: Path) -> None:
    """When you changed what the desk says, look at the difference and type: make docs"""
    assert replayed(_text(page)) == _text(page)


def test_the_reference_is_what_the_code_says_today() -> None:
    """Renewed by: make docs"""
    assert reference() == _text(PAGE)


def test_the_picture_is_what_the_desk_shows_today_and_asks_no_distant_host() -> None:
    """Renewed by: make docs"""
    assert picture() == PICTURE.read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\"\s]+", picture()) == ["http://www.w3.org/2000/svg"]


def test_the_pictures_of_paging_are_those_of_today_and_ask_no_distant_host() -> None:
    """Renewed by: make docs"""
    for file, drawn in paging_picture.pictures().items():
        assert drawn == _text(ROOT / "docs" / file), file
        assert re.findall(r"https?://[^\"\s]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert "nobody" in paging_picture.rota()


def test_the_worked_example_of_an_on_call_plan_holds_together_and_covers_every_hour() -> None:
    plan = paging_picture.plan()
    schedule = plan.schedules["level3"]
    covered = Duty(schedule, lambda day: day.weekday() > 4)
    start = paging_picture.NIGHT
    assert covered.gaps(start, start + timedelta(days=366), lambda person: True) == []
    assert plan.escalations["level3"].steps
    assert {rule.escalation for rule in plan.rules} == {"level3"}


def test_the_page_about_paging_quotes_what_the_call_says() -> None:
    quoted = " ".join(re.findall(r"^> (.+)$", _text(ROOT / "docs" / "paging.md"), re.MULTILINE))
    assert quoted.startswith(paging_picture.spoken())
    assert quoted.endswith(ENGLISH_SPEECH.menu.format(take="1"))


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=_name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", _text(page))):
        if not target.startswith(("http:", "https:")):
            file, _, anchor = target.partition("#")
            there = page.parent / file if file else page
            assert there.exists(), target
            assert not anchor or anchor in _anchors(there), target


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", _text(page)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=_name)
def test_every_slash_command_on_a_page_is_one(page: Path) -> None:
    """Transcripts may show a refusal; they are played above."""
    known, local = catalogue.build(), {words.partition(" ")[0] for words in LOCAL_WORDS}
    verbs = {words.partition(" ")[0] for words in known if " " in words}
    for code in _code_of(BLOCK.sub("", _text(page))):
        for first, second in re.findall(r"(?:^|> |'|\\n)/([a-z]+)(?: ([a-z]+))?(?![\w/])", code):
            one = {first, f"{first} {second}"} & set(known) or f"/{first}" in local
            assert one or (first in verbs and not second), code


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=_name)
def test_every_command_line_on_a_page_can_be_typed(page: Path) -> None:
    """The command exists, and so does each of its options; a word in CAPITALS stands for any."""
    known = _options(get_group(app))
    for code in _code(page):
        for line in re.split(r"[|;>]| && ", code):
            if line.strip().startswith("thirdline "):
                words = [word for word in shlex.split(line.replace("'", ""))[1:] if word not in ("--debug", "--help")]
                command = next((name for name in (" ".join(words[:2]), " ".join(words[:1])) if name in known), None)
                assert command or not words or words[0].isupper(), code
                options = {word.partition("=")[0] for word in words if word.startswith("--")}
                assert options <= known.get(command or "", set()), code


def _options(group: TyperGroup, lead: str = "") -> dict[str, set[str]]:
    """The options of each command by its words."""
    found: dict[str, set[str]] = {}
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            found |= _options(command, f"{lead}{name} ")
        if not isinstance(command, TyperGroup) or command.invoke_without_command:
            found[lead + name] = {option for param in command.params for option in param.opts}
    return found


def test_every_make_target_on_a_page_is_one() -> None:
    targets = set(re.findall(r"^([a-z]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    named = {target for page in PAGES for code in _code(page) for target in re.findall(r"^make ([a-z]+)", code)}
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=_name)
def test_every_file_on_a_page_is_there(page: Path) -> None:
    """Paths of the project in inline code; a `*` stands for any name."""
    for code in _code(page):
        if re.fullmatch(r"(bot|commands|adapters|storage|tests|docs|benchmarks|deploy)/[\w./*-]*", code):
            assert list(ROOT.glob(code.rstrip("/"))), code


def test_operating_tells_every_setting_its_environment_and_its_default() -> None:
    page = _text(ROOT / "docs" / "operating.md")
    for name, variable, default in _settings(Settings):
        row = next((line for line in page.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert f"`{variable}`" in row, name
        assert default in row, name


@pytest.mark.parametrize(
    ("file", "platform", "model"),
    [
        ("slack", "slack", Slack),
        ("discord", "discord", Discord),
        ("paging-provider", "phone", Phone),
        ("mail", "email", Email),
        ("mail", "email.oauth", OAuth),
        ("mail", "email.boxes.support", Mailbox),
    ],
)
def test_the_page_about_a_platform_tells_every_setting_of_it(file: str, platform: str, model: type[BaseModel]) -> None:
    page = _text(ROOT / "docs" / f"{file}.md")
    required = {f"{platform}.{name}" for name, field in model.model_fields.items() if field.is_required()}
    for name, variable, default in _settings(model, f"{platform}."):
        row = next((line for line in page.splitlines() if line.startswith(f"| `{name}` |")), "")
        assert f"`{variable}`" in row, name
        assert default in row or name in required, name


def test_the_page_about_discord_tells_every_permission_and_what_it_is_for() -> None:
    page = _text(ROOT / "docs" / "discord.md")
    settings = Discord(token=SecretStr("token"), server=1, locks=True)
    for permission in needed(settings):
        assert f"| {permission.title} | {permission.reason.partition(' (')[0]}" in page
    given = needed(settings.model_copy(update={"locks": False}))
    assert f"permissions={number(given)}\n" in page


def _settings(model: type[BaseModel], lead: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from _settings(type(default), f"{lead}{name}.")
        else:
            path = f"{lead}{name}"
            shown = "none" if default in (None, {}, (), "") else f"`{_as_toml(default)}`"
            yield path, PREFIX + path.upper().replace(".", "__"), shown


def _as_toml(value: object) -> str:
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return str(value).lower() if isinstance(value, bool) else str(value)
