"""lookup as SageMaker's container: a model folder, an environment, no Redis."""
import pytest
from programs import Server

TEXT = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8"


@pytest.fixture
def container(tmp_path):
    """container(model, {"SAGEMAKER_...": ...}) starts one; all must end well."""
    servers = []

    def start(model, env=None):
        folder = tmp_path / f"model-{len(servers)}"
        folder.mkdir()
        (folder / model.name).symlink_to(model)
        servers.append(Server(
            tmp_path, "--threads", 2, env={"SM_MODEL_DIR": str(folder), **(env or {})}))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def invoke(server, body, content_type="text/csv", path="/invocations", **headers):
    """POST a payload; accept="..." is a header, as are the others."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        headers["Content-Type"] = content_type
    return server.request("POST", path, body, headers)
