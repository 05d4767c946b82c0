-- What browsers send: wrk -s load.lua URL -- <send|open> <inboxes> <networks>
--
-- Each send leaves another message, as a browser's own form would. With one inbox it is
-- ada's; with more, p0, p1 and so on. With more than one network, each request says which
-- it comes from, as a proxy in front of the app would.
local n = 0
local start = os.time()
local what, inboxes, networks

function init(args)
  what, inboxes, networks = args[1], tonumber(args[2]), tonumber(args[3])
  wrk.headers["Accept-Encoding"] = "gzip, deflate, br"
  wrk.headers["Sec-Fetch-Site"] = "same-origin"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  n = n + 1
  local path = "/u/ada"
  if inboxes > 1 then
    -- A prime number of steps, so that neighbours aren't asked for in turn.
    path = "/u/p" .. (n * 7919) % inboxes
  end
  if networks > 1 then
    local network = (n * 104729) % networks
    wrk.headers["X-Forwarded-For"] = "10.9." .. math.floor(network / 250) .. "." .. network % 250
  end
  if what == "open" then
    return wrk.format("GET", path)
  end
  return wrk.format("POST", path, nil, "message=Hello+number+" .. n .. "&key=" .. start .. "-" .. n)
end
