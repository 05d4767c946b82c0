"""What counts in Redis, as Lua scripts: each is one round trip, and nothing comes between.

No script keeps the time of an attempt. Windows begin at multiples of their period, and
what must be a time is rounded to a grid, so that Redis can't be laid beside the messages
to see which network or inbox belongs to one of them.

Each script's first argument is the time in milliseconds, or "" for that of Redis, which
is the same for all processes. What remains is in each script's own comment.
"""

from __future__ import annotations

_NOW = """
local now = tonumber(ARGV[1])
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
end
"""

_WINDOW = """
-- Two counts a key: of the window that runs, and of the one before it, which weighs less
-- the further the present one has come. Returns 0 if it was counted, or the wait in ms.
local function hit(key, amount, period)
    local window = math.floor(now / period)
    local elapsed = now - window * period
    local name = string.format('%s:%.0f', key, window)
    local count = tonumber(redis.call('GET', name) or 0)
    local before = tonumber(redis.call('GET', string.format('%s:%.0f', key, window - 1)) or 0)
    local carried = math.max(0, before - 1 - math.floor(before * elapsed / period))
    if amount - count > carried then
        if redis.call('INCR', name) == 1 then
            redis.call('PEXPIRE', name, string.format('%.0f', 2 * period - elapsed))
        end
        return 0
    elseif count >= amount then
        return period - elapsed
    end
    return math.ceil((before - (amount - count)) * period / before) - elapsed
end
"""

# Keys: one for each spending. Arguments: for each attempt the number of its spendings, then
# each one's amount and period in ms. Returns two numbers for each attempt: which of its
# spendings is refused, and its wait in ms; both are 0 if it was counted. The first limit that
# is reached refuses, and those after it count nothing.
SPEND = (
    _NOW
    + _WINDOW
    + """
local found, key, arg = {}, 0, 2
while arg <= #ARGV do
    local spendings, refused, wait = tonumber(ARGV[arg]), 0, 0
    for i = 1, spendings do
        if wait == 0 then
            wait = hit(KEYS[key + i], tonumber(ARGV[arg + 2 * i - 1]), tonumber(ARGV[arg + 2 * i]))
            refused = wait > 0 and i or 0
        end
    end
    key, arg = key + spendings, arg + 1 + 2 * spendings
    found[#found + 1] = refused
    found[#found + 1] = wait
end
return found
"""
)

# Keys: the account from its network. Arguments: the failures allowed and their window in ms,
# the first and the longest wait in ms, after how many ms they're forgotten. Returns the wait in
# ms, 0 if it was counted. Times are kept to ten seconds: waits are rounded up to that.
FAIL = (
    _NOW
    + """
local allowed, recent, first = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local longest, forgiven, grid = tonumber(ARGV[5]), tonumber(ARGV[6]), 10000
local found = redis.call('HMGET', KEYS[1], 'at', 'waits', 'until')
local waits, blocked = tonumber(found[2] or 0), tonumber(found[3] or 0)
if blocked > now then
    return blocked - now
end
local at, last = {}, nil
for each in string.gmatch(found[1] or '', '%d+') do
    last = tonumber(each) * grid
    if last > now - recent then
        at[#at + 1] = each
    end
end
if last and last + grid < now - forgiven then
    at, waits = {}, 0
end
at[#at + 1] = string.format('%.0f', math.floor(now / grid))
if #at >= allowed or waits > 0 then
    blocked = math.ceil((now + math.min(first * 2 ^ waits, longest)) / grid) * grid
    waits = math.min(waits + 1, 16)
end
redis.call('HSET', KEYS[1], 'at', table.concat(at, ','), 'waits', waits,
    'until', string.format('%.0f', blocked))
local lives = (math.floor(now / grid) + 2) * grid + forgiven - now
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', lives))
return 0
"""
)

# A place is kept until its time, in ms, rounded up to half a minute.
_PLACE = """
local grid = 30000
local function keep(key, member, lives)
    redis.call('ZADD', key, string.format('%.0f', math.ceil((now + lives) / grid) * grid), member)
    local left = math.ceil((now + 2 * lives) / grid) * grid - now
    redis.call('PEXPIRE', key, string.format('%.0f', left))
end
"""

# Keys: a network's places, its new ones. Arguments: the member, the most places, how many ms
# one is kept, the most new ones a minute (0: any number). Returns 1 if there was a place.
ENTER = (
    _NOW
    + _WINDOW
    + _PLACE
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
    return 0
end
local most_new = tonumber(ARGV[5])
if most_new > 0 and hit(KEYS[2], most_new, 60000) > 0 then
    return 0
end
keep(KEYS[1], ARGV[2], tonumber(ARGV[4]))
return 1
"""
)

# Keys: the places of several networks. Arguments: how many ms they're kept, then each member.
RENEW = (
    _NOW
    + _PLACE
    + """
for i = 1, #KEYS do
    keep(KEYS[i], ARGV[i + 2], tonumber(ARGV[2]))
end
"""
)
