/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/script.h"

#include "common/table/keyspace.h"

/* Milliseconds of Redis' clock, and the writer if its lease still runs. */
#define LUA_CLOCK                                                              \
    "local t = redis.call('TIME')\n"                                           \
    "local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"                      \
    "local function ms(n) return string.format('%.0f', n) end\n"

#define LUA_LEASE                                                              \
    "local w = redis.call('HMGET', KEYS[1], 'writer', 'writer_until_ms')\n"    \
    "local left = (tonumber(w[2] or '') or 0) - now\n"                         \
    "local holder = left > 0 and w[1] or ''\n"

/* list(field): the entries of a comma-separated field but those of `drop`. */
#define LUA_LISTS                                                              \
    "local function list(field, drop)\n"                                       \
    "  local out = {}\n"                                                       \
    "  local text = redis.call('HGET', KEYS[1], field) or ''\n"                \
    "  for item in string.gmatch(text, '[^,]+') do\n"                          \
    "    if not drop[string.match(item, '^%d+')] then\n"                       \
    "      out[#out + 1] = item\n"                                             \
    "    end\n"                                                                \
    "  end\n"                                                                  \
    "  return out\n"                                                           \
    "end\n"                                                                    \
    "local function put(field, items)\n"                                       \
    "  if #items == 0 then redis.call('HDEL', KEYS[1], field)\n"               \
    "  else redis.call('HSET', KEYS[1], field, table.concat(items, ','))\n"    \
    "  end\n"                                                                  \
    "end\n"                                                                    \
    "local function leave(gen)\n"                                              \
    "  local items = list('left', {[gen] = true})\n"                           \
    "  items[#items + 1] = gen .. '@' .. ms(now)\n"                            \
    "  put('left', items)\n"                                                   \
    "end\n"

const struct str script_lease =
    STR(LUA_CLOCK LUA_LEASE "if holder ~= '' and holder ~= ARGV[1] then\n"
                            "  return 'held ' .. ms(left) .. ' ' .. holder\n"
                            "end\n"
                            "local n = 0\n"
                            "if ARGV[3] == '1' then\n"
                            "  n = redis.call('HINCRBY', KEYS[1], 'last', 1)\n"
                            "end\n"
                            "redis.call('HSET', KEYS[1], 'writer', ARGV[1],\n"
                            "           'writer_until_ms', ms(now + ARGV[2]))\n"
                            "return 'ok ' .. ms(n)\n");

const struct str script_renew =
    STR(LUA_CLOCK LUA_LEASE
        "if holder ~= ARGV[1] then return 'lost' end\n"
        "redis.call('HSET', KEYS[1], 'writer_until_ms', ms(now + ARGV[2]))\n"
        "return 'ok'\n");

const struct str script_release =
    STR("if redis.call('HGET', KEYS[1], 'writer') == ARGV[1] then\n"
        "  redis.call('HDEL', KEYS[1], 'writer', 'writer_until_ms')\n"
        "end\n"
        "return 'ok'\n");

const struct str script_commit = STR(
    LUA_CLOCK LUA_LEASE LUA_LISTS
    "if holder ~= ARGV[1] then return 'lost' end\n"
    "local m = redis.call('HMGET', KEYS[1], 'seq', 'live', 'live_uid',\n"
    "                     'previous')\n"
    "if (m[1] or '0') ~= ARGV[2] then return 'moved ' .. (m[1] or '0') end\n"
    "if m[3] == ARGV[4] then\n"
    "  redis.call('HDEL', KEYS[1], 'writer', 'writer_until_ms')\n"
    "  return 'ok'\n"
    "end\n"
    "if m[4] and m[4] ~= ARGV[3] then leave(m[4]) end\n"
    "if m[2] then\n"
    "  redis.call('HSET', KEYS[1], 'previous', m[2], 'previous_uid', m[3])\n"
    "end\n"
    "redis.call('HSET', KEYS[1], 'live', ARGV[3], 'live_uid', ARGV[4])\n"
    "redis.call('HINCRBY', KEYS[1], 'seq', 1)\n"
    "put('bad', list('bad', {[ARGV[3]] = true}))\n"
    "put('left', list('left', {[ARGV[3]] = true}))\n"
    "redis.call('HDEL', KEYS[1], 'writer', 'writer_until_ms')\n"
    "return 'ok'\n");

const struct str script_rollback =
    STR(LUA_CLOCK LUA_LISTS
        "local m = redis.call('HMGET', KEYS[1], 'live', 'previous',\n"
        "                     'previous_uid')\n"
        "if not m[1] or not m[2] then return 'none' end\n"
        "redis.call('HSET', KEYS[1], 'live', m[2], 'live_uid', m[3])\n"
        "redis.call('HDEL', KEYS[1], 'previous', 'previous_uid')\n"
        "redis.call('HINCRBY', KEYS[1], 'seq', 1)\n"
        "local bad = list('bad', {[m[1]] = true})\n"
        "bad[#bad + 1] = m[1]\n"
        "put('bad', bad)\n"
        "leave(m[1])\n"
        "return 'ok ' .. m[2] .. ' ' .. m[1]\n");

const struct str script_forget =
    STR(LUA_CLOCK LUA_LISTS "local gone = {}\n"
                            "for i = 1, #ARGV do gone[ARGV[i]] = true end\n"
                            "put('bad', list('bad', gone))\n"
                            "put('left', list('left', gone))\n"
                            "return 'ok'\n");

const struct str script_drop =
    STR(LUA_CLOCK LUA_LEASE
        "if holder ~= '' and ARGV[3] ~= '1' then\n"
        "  return 'held ' .. ms(left) .. ' ' .. holder\n"
        "end\n"
        "redis.call('HSET', KEYS[1], 'writer', ARGV[1],\n"
        "           'writer_until_ms', ms(now + ARGV[2]))\n"
        "redis.call('HDEL', KEYS[1], 'live', 'live_uid', 'previous',\n"
        "           'previous_uid')\n"
        "redis.call('HINCRBY', KEYS[1], 'seq', 1)\n"
        "return 'ok'\n");

/* 2^53 us are 285 years, so a Lua number holds a stamp exactly. */
const struct str script_features =
    STR("local n = 0\n"
        "for i = 1, #ARGV, 2 do\n"
        "  local old = redis.call('HGET', KEYS[1], ARGV[i])\n"
        "  if not old or #old < 8 or struct.unpack('<I8', old) <=\n"
        "      struct.unpack('<I8', ARGV[i + 1]) then\n"
        "    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])\n"
        "    n = n + 1\n"
        "  end\n"
        "end\n"
        "return n\n");

const struct str script_supersede =
    STR("local t = redis.call('TIME')\n"
        "local now = t[1] * 1000000 + t[2]\n"
        "local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')\n"
        "if last[2] and tonumber(last[2]) >= now then\n"
        "  now = tonumber(last[2]) + 1\n"
        "end\n"
        "for i = 1, #ARGV do\n"
        "  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[i])\n"
        "end\n"
        "return #ARGV\n");

void
script_begin(struct redis *r, struct str script, struct str key, size_t narg)
{
    redis_begin(r, 4 + narg);
    redis_word(r, STR("EVAL"));
    redis_word(r, script);
    redis_word(r, STR("1"));
    redis_word(r, key);
}

enum rc
script_run(const struct table *t, struct str script, const struct str *arg,
           size_t narg, struct buf *out, struct err *e)
{
    char key[KEY_MAX];
    bool found;

    script_begin(t->redis, script, key_manifest(key, t->prefix, t->name), narg);
    for (size_t i = 0; i < narg; i++) {
        redis_word(t->redis, arg[i]);
    }
    return redis_ask_text(t->redis, out, &found, e);
}
