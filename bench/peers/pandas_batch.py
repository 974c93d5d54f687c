#!/usr/bin/python3
"""pandas_batch MODEL USERS SOCKET - the job as it is written today.

pandas reads the CSV, xgboost scores the frame in place with all cores,
redis-py stores one string a user in pipelines of 10,000.
"""
import sys

import pandas
import redis
import xgboost

PIPELINE = 10_000


def main():
    model, users, socket = sys.argv[1:]
    booster = xgboost.Booster(model_file=model)
    frame = pandas.read_csv(users, index_col="user_id")
    scores = booster.inplace_predict(frame[booster.feature_names].to_numpy("float32"))
    pipe = redis.Redis(unix_socket_path=socket).pipeline(transaction=False)
    for begin in range(0, len(frame), PIPELINE):
        part = slice(begin, begin + PIPELINE)
        for user, score in zip(frame.index[part], scores[part], strict=True):
            pipe.set(f"churn:{user}", float(score))
        pipe.execute()


main()
