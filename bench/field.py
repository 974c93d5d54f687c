"""The servers that answer GET of a stored prediction, ready to be loaded."""
import random

from beside import CLIENT_CORE, SERVER_CORE, TABLE, pin
from theirs import FastApi, nginx_constant, nginx_lua, store_bodies

MEMORY, REDIS = "lookup, from memory", "lookup, through Redis"
CONSTANT, LUA, FASTAPI = "nginx, a constant", "nginx + lua, through Redis", "FastAPI"


class Contender:
    """One server: name, port, and the users it can be asked for."""

    def __init__(self, name, port, pid, users):
        self.name, self.port, self.pid, self.users = name, port, pid, users
        pin(pid, SERVER_CORE)


def contenders(stage, users):
    """All of them beside one Redis with a shop's predictions, and the shop."""
    shop = stage.shop(users)
    store = stage.store("store", "--tcp-backlog", "4096")  # all may connect at once
    stage.score(store, shop, TABLE)
    warm = stage.server(store, "--snapshot", "on")
    cold = stage.server(store, "--snapshot", "off")
    store_bodies(store, cold, shop.user_ids)
    constant = stage.start(nginx_constant(stage.place("constant"), warm, shop.user_ids[0]))
    lua = stage.start(nginx_lua(stage.place("lua"), store))
    fastapi = stage.start(FastApi(shop.model, store))
    pin(store.process.pid, CLIENT_CORE)
    some = random.Random(1).sample(shop.user_ids, min(50000, users))
    return shop, [
        Contender(MEMORY, warm.port, warm.process.pid, some),
        Contender(REDIS, cold.port, cold.process.pid, some),
        Contender(CONSTANT, constant.port, constant.worker(), [shop.user_ids[0]]),
        Contender(LUA, lua.port, lua.worker(), some),
        Contender(FASTAPI, fastapi.port, fastapi.worker(), some)]
