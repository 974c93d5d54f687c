"""fastapi_app - a prediction service as it is written today.

FastAPI on uvicorn, redis-py's asyncio client, xgboost in the process:

    GET  /v1/TABLE/USER   the string json:USER of Redis; without one the hash
                          row:USER, scored now; else 404
    POST /invocations     rows of csv, scored now

MODEL is the model's file, REDIS_SOCKET the socket of Redis:

    MODEL=model.json REDIS_SOCKET=redis.sock /usr/bin/python3 -m uvicorn \\
        --app-dir bench/peers --port 8000 --no-access-log fastapi_app:app
"""
import os

import numpy
import redis.asyncio
import xgboost
from fastapi import FastAPI, HTTPException, Request, Response

booster = xgboost.Booster({"nthread": 1}, model_file=os.environ["MODEL"])
names = booster.feature_names
store = redis.asyncio.Redis(unix_socket_path=os.environ["REDIS_SOCKET"])
app = FastAPI()


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


@app.post("/invocations")
async def invocations(request: Request):
    body = (await request.body()).decode()
    scores = score(line.split(",") for line in body.splitlines())
    return Response("".join(f"{s}\n" for s in scores.tolist()), media_type="text/csv")
