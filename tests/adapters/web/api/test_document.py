"""The API is what its OpenAPI document says: schemathesis asks for whatever that allows, and for what it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from adapters.web.api.openapi import document
from adapters.web.api.operations import OPERATIONS
from bot.cards import Card
from bot.ports import Kind, Parcel, Urgency
from commands.webhook_news import draw_webhook
from tests.adapters.web.api.serving import HOME, Api, served
from tests.town import Town

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 30, GenerationMode.NEGATIVE: 20}
"""For each operation; test_edges.py tries what matters by name."""


@pytest.fixture(scope="module")
def api(settled: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    town = settled.copied(tmp_path_factory.mktemp("document") / "desk")
    with served(town) as api:
        for number in range(3):
            api.post("/tickets", {"subject": f"trouble {number}", "text": "It smokes", "customer": "acme"})
        yield api
    town.close()


@pytest.fixture(scope="module")
def schema(api: Api) -> OpenApiSchema:
    whole = json.loads(api.get("/openapi.json", token="").body, object_hook=_shorter)
    return schemathesis.openapi.from_dict(whole)


def _shorter(part: dict[str, Any]) -> dict[str, Any]:
    """Without limits that texts of thousands of letters would have to be made for."""
    return {name: value for name, value in part.items() if name != "maxLength" or value < 1000}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", [one.name for one in OPERATIONS])
def test_whatever_is_asked_the_answer_is_one_that_the_document_tells_of(
    api: Api, schema: OpenApiSchema, name: str, mode: GenerationMode
) -> None:
    operation = schema.find_operation_by_id(name)
    checks = CHECKS if mode is GenerationMode.POSITIVE else [*CHECKS, negative_data_rejection, unsupported_method]

    few = EXAMPLES[mode]

    @settings(max_examples=few, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(mode))
    def asked(case: schemathesis.Case[Any]) -> None:
        # Nobody of the customer's opens too many in a minute.
        api.town.clock.forward(minutes=1)
        headers = {"Authorization": f"Bearer {api.token}"}
        mended = negative_data_rejection if _wrong_in_headers_alone(case) else None
        case.call_and_validate(
            base_url=api.url + HOME, headers=headers, checks=[check for check in checks if check is not mended]
        )

    asked()


def _wrong_in_headers_alone(case: schemathesis.Case[Any]) -> bool:
    """Then nothing may be wrong with what is sent: the key that it lacked is put in."""
    parts = case.meta.components.items() if case.meta else ()
    return {place.name for place, part in parts if part.mode is GenerationMode.NEGATIVE} <= {"HEADER"}


def test_it_is_there_for_everybody_and_tells_of_every_operation_and_its_errors(api: Api) -> None:
    reply = api.get("/openapi.json", token="")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    told = reply.data
    assert told["openapi"] == "3.1.0"
    assert told["servers"] == [{"url": "https://desk.example.com/api/v1"}]
    assert {(path, method) for path, found in told["paths"].items() for method in found} == {
        (one.path, one.method.lower()) for one in OPERATIONS
    }
    for path in told["paths"].values():
        for operation in path.values():
            assert {"400", "401", "403", "429"} <= set(operation["responses"])


def test_its_references_lead_somewhere_and_its_schemas_are_schemas() -> None:
    whole = document("https://desk.example.com/api/v1")
    text = json.dumps(whole)
    schemas = whole["components"]["schemas"]
    for name in schemas:
        Draft202012Validator.check_schema(schemas[name])
        assert f"#/components/schemas/{name}" in text
    assert text.count('"$ref"') == sum(text.count(f'"#/components/schemas/{name}"') for name in schemas)


def test_what_webhooks_carry_of_a_ticket_is_what_the_api_answers(api: Api) -> None:
    posted = Card(ticket=1, data={"webhook": "ticket.opened", "seq": 1})
    card = api.town.database.read(
        lambda work: draw_webhook(
            work,
            Parcel(1, Kind.NOTICE, "webhook", "crm", posted, "k", Urgency.NOTICE, api.town.clock.now(), ticket=1),
            api.town.clock.now(),
        )
    )
    assert card is not None
    told = api.get("/tickets/1").data
    (said,) = told.pop("messages")[:1]
    assert card.data["payload"]["data"] == {"ticket": told, "message": said}
