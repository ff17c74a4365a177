"""The API: the template's routes are the code's, and nobody comes in without a token."""

import re

import pytest

from tests.stack.reading import Block, Document, blocks, template

pytestmark = pytest.mark.stack

every_block = pytest.mark.parametrize("block", blocks().values(), ids=list(blocks()))

PUBLIC: dict[tuple[str, str], str] = {
    ("GET", "/connections/callback"): "a browser lands here from a network, without our token; nothing is done",
    ("GET", "/go/{code}"): "whoever sees a post follows its link; it leads where its owner said, and nowhere else",
    (
        "POST",
        "/webhooks/stripe/{code}",
    ): "Stripe has no token; what its signature does not prove changes nothing",
    ("GET", "/forms/{code}"): "whoever sees an episode may sign up; the form says what its owner approved",
    ("POST", "/forms/{code}"): "what is sent changes nothing before its address has confirmed it by mail",
    ("GET", "/confirm/{token}"): "a mail's link has no token of ours; opening it, as mail scanners do, does nothing",
    ("POST", "/confirm/{token}"): "whoever got the mail confirms with its code, once",
    ("GET", "/unsubscribe/{token}"): "whoever gets mail may leave without an account; opening the link does nothing",
    ("POST", "/unsubscribe/{token}"): "leaving takes one click, and a mail program may do it (RFC 8058)",
    ("GET", "/purchases/{code}"): "Stripe leads a buyer back here; without a checkout that was paid there is nothing",
    ("GET", "/downloads/{token}"): "whoever paid has the address, for a week",
    ("GET", "/downloads/{token}/{number}"): "whoever paid has the address, for a week, and so many downloads",
    ("HEAD", "/go/{code}"): "programs look where a link leads before people follow it",
}
"""Routes that need no token, with the reason."""


def _of_template(block: Block) -> set[tuple[str, str]]:
    return {(event["Method"].upper(), event["Path"]) for event in block.api_events}


@every_block
def test_the_templates_routes_are_the_codes(block: Block) -> None:
    resolver = block.resolver
    routes = [] if resolver is None else [*resolver._static_routes, *resolver._dynamic_routes]
    # A route of the resolver that the template lacks answers 404 in the cloud; the other way round it answers 404 too.
    assert {(route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in routes} == _of_template(block)


def test_no_route_leads_to_two_functions() -> None:
    routes = [route for block in blocks().values() for route in _of_template(block)]
    assert len(routes) == len(set(routes))


@every_block
def test_a_bot_answers_under_its_own_name(block: Block) -> None:
    if block.is_bot:
        assert _of_template(block) == {("POST", f"/functions/{block.public_name}")}


@every_block
def test_no_event_goes_round_the_authorizer(block: Block) -> None:
    for event in block.api_events:
        assert event["RestApiId"] == {"Ref": "Api"}
        assert "Auth" not in event or (event["Method"].upper(), event["Path"]) in PUBLIC


def test_every_route_needs_a_token(expanded: Document) -> None:
    [body] = [
        resource["Properties"]["Body"]
        for resource in expanded["Resources"].values()
        if resource["Type"] == "AWS::ApiGateway::RestApi"
    ]
    without = {
        (method.upper(), path)
        for path, item in body["paths"].items()
        for method, operation in item.items()
        if method != "options" and operation.get("security") != [{"SignedIn": []}]
    }
    assert without == set(PUBLIC)
    authorizer = body["securityDefinitions"]["SignedIn"]["x-amazon-apigateway-authorizer"]
    assert authorizer["type"] == "cognito_user_pools"
    assert authorizer["providerARNs"] == [{"Fn::GetAtt": ["Users", "Arn"]}]


def test_what_needs_no_token_has_a_door_and_a_limit_of_its_own() -> None:
    limited = {
        (setting["HttpMethod"], setting["ResourcePath"].replace("~1", "/").replace("//", "/", 1))
        for setting in template()["Resources"]["Api"]["Properties"]["MethodSettings"]
    }
    assert set(PUBLIC) == limited - {("*", "/*")}
    for block in blocks().values():
        routes = _of_template(block)
        if routes & set(PUBLIC):
            assert routes <= set(PUBLIC), "what needs a token is not answered by the same function"
            assert "public_api(" in (block.folder / "app.py").read_text(), block.public_name
            assert {"Ref": "MeetsThePublic"} in block.properties["Policies"], block.public_name


def test_what_the_gateway_refuses_itself_looks_like_what_the_code_refuses() -> None:
    responses = template()["Resources"]["Api"]["Properties"]["GatewayResponses"]
    for name, response in responses.items():
        assert "Access-Control-Allow-Origin" in response["ResponseParameters"]["Headers"], name
        if (text := response.get("ResponseTemplates", {}).get("application/json")) is not None:
            for member in ('"type":"urn:episode-studio:', '"title":', '"detail":', '"request_id":"$context.requestId"'):
                assert member in text, name
            assert f'"status":{response["StatusCode"]}' in text, name
