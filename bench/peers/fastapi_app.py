"""fastapi_app - a prediction service as it is written today.

FastAPI on uvicorn, redis-py's asyncio client, xgboost in the process:

    GET  /v1/TABLE/USER   the string json:USER of Redis; without one the hash
                          row:USER, scored now; else 404
    POST /v1/TABLE        {"users":[...]}: the strings of all of them
    GET  /rank/USER       the hash row:USER beside every item: the ten best
    POST /invocations     rows of csv, scored now

MODEL is the model's file, REDIS_SOCKET the socket of Redis, ITEMS a csv of
items (id, features) to rank, if any:

    MODEL=model.json REDIS_SOCKET=redis.sock /usr/bin/python3 -m uvicorn \\
        --app-dir bench/peers --port 8000 --no-access-log fastapi_app:app
"""
import csv
import os

import numpy
import redis.asyncio
import xgboost
from fastapi import FastAPI, HTTPException, Request, Response

booster = xgboost.Booster({"nthread": 1}, model_file=os.environ["MODEL"])
names = booster.feature_names
store = redis.asyncio.Redis(unix_socket_path=os.environ["REDIS_SOCKET"])
app = FastAPI()

TOP = 10
item_ids, item_names, items = [], [], None
if "ITEMS" in os.environ:
    with open(os.environ["ITEMS"], newline="", encoding="utf-8") as f:
        header, *lines = csv.reader(f)
    item_ids, item_names = [line[0] for line in lines], header[1:]
    items = numpy.array([line[1:] for line in lines], numpy.float32)
user_names = [name for name in names if name not in item_names]


def score(rows):
    """rows: lists of texts, in the order of the model's features; "" is missing."""
    values = [[float(cell) if cell else numpy.nan for cell in row] for row in rows]
    return booster.inplace_predict(numpy.array(values, numpy.float32))


@app.get("/v1/{table}/{user}")
async def predict(table: str, user: str):
    stored = await store.get(f"json:{user}")
    if stored is not None:
        return Response(stored, media_type="application/json")
    row = await store.hmget(f"row:{user}", names)
    if all(cell is None for cell in row):
        raise HTTPException(404, f"table '{table}' does not know this user")
    return {"table": table, "user": user, "source": "live", "generation": 1,
            "prediction": float(score([row])[0])}


@app.post("/v1/{table}")
async def predict_many(table: str, request: Request):
    users = (await request.json())["users"]
    found = await store.mget([f"json:{user}" for user in users])
    results = b",".join(one or b'{"error":{"code":"unknown_user"}}' for one in found)
    return Response(b'{"table":"%s","results":[%s]}' % (table.encode(), results),
                    media_type="application/json")


@app.get("/rank/{user}")
async def rank(user: str):
    row = await store.hmget(f"row:{user}", user_names)
    pairs = numpy.empty((len(items), len(names)), numpy.float32)
    for name, cell in zip(user_names, row):
        pairs[:, names.index(name)] = float(cell) if cell else numpy.nan
    pairs[:, [names.index(name) for name in item_names]] = items
    scores = booster.inplace_predict(pairs)
    best = numpy.argsort(-scores, kind="stable")[:TOP]
    return {"user": user, "source": "live", "generation": 1,
            "items": [{"id": item_ids[i], "score": float(scores[i])} for i in best]}


@app.post("/invocations")
async def invocations(request: Request):
    body = (await request.body()).decode()
    scores = score(line.split(",") for line in body.splitlines())
    return Response("".join(f"{s}\n" for s in scores.tolist()), media_type="text/csv")
