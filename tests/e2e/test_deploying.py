"""A change that is deployed is a change that is served."""

from local import stack
from tests.e2e.conftest import Deployed


def test_a_parameter_that_changes_reaches_what_is_called(deployed: Deployed) -> None:
    """People and machines call the alias `live`, and it serves a version that SAM makes only where it sees a change."""
    functions = deployed.outputs.client("lambda")

    def served() -> str:
        name = f"{deployed.outputs.stack}-render-clip"
        told = functions.get_function_configuration(FunctionName=name, Qualifier="live")
        return str(told["Environment"]["Variables"]["TAKES"])

    before = {name: value for name, value in deployed.outputs.parameters.items() if value}
    assert served() == "2"
    changed = stack.deploy(deployed.emulator.endpoint, before | {"Takes": "1"}, data_dir=deployed.data_dir)
    assert (changed.parameters["Takes"], served()) == ("1", "1")
    stack.deploy(deployed.emulator.endpoint, before, data_dir=deployed.data_dir)
    assert served() == "2"
