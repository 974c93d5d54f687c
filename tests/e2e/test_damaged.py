"""A generation whose hash was damaged costs itself, and nothing else."""
import pytest
from programs import until


@pytest.mark.parametrize("field", ["outputs", "encoding", "kind", "format", "rows"])
def test_a_damaged_generation_locks_nothing(server, batchgen, store, prefix, shop, field):
    user = shop.user_ids[0]
    score = ("score", "--table", "churn", "--model", shop.model, "--input", shop.users)
    batchgen.done(*score)
    for gen in (1, 2):  # previous and live
        store.client.hset(f"{prefix}:churn:{gen}", field, "abc")
    shown = batchgen("show", 2, "--table", "churn")
    assert shown.code == 1 and "generation 2 of 'churn' is damaged" in shown.err, shown
    batchgen.done("gc", "--table", "churn")
    assert store.client.exists(f"{prefix}:churn:2:model"), "the live one is kept"
    assert server.get(f"/v1/churn/{user}").status == 200, "what is held is served"

    batchgen.done(*score, "--force")
    until(lambda: server.get(f"/v1/churn/{user}").json().get("generation") == 3,
          "a new batch is live")
    batchgen.done("drop", "--table", "churn")
    left = [k for k in store.client.scan_iter(f"{prefix}:churn*")]
    assert not left, left
