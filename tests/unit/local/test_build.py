"""What is deployed is published: SAM's alias goes on with the old version unless it is told."""

from pathlib import Path

from samcli.yamlhelper import yaml_parse

from local import build

TEMPLATE = """\
Resources:
  Table: {Type: 'AWS::DynamoDB::Table', Properties: {}}
  One: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: one, Role: !GetAtt Role.Arn}}
  Two: {Type: 'AWS::Serverless::Function', Properties: {CodeUri: two}}
"""


def test_every_function_of_a_release_is_published_and_nothing_else_is_touched(tmp_path: Path) -> None:
    built = tmp_path / "template.yaml"
    built.write_text(TEMPLATE)
    released = yaml_parse(build.released(built, "r1").read_text())["Resources"]
    assert {name: r["Properties"].pop("AutoPublishCodeSha256", None) for name, r in released.items()} == {
        "Table": None,
        "One": "r1",
        "Two": "r1",
    }
    assert released == yaml_parse(TEMPLATE)["Resources"]
    assert built.read_text() == TEMPLATE
