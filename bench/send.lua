-- Each request leaves another message, as a browser's own form would.
local n = 0
local start = os.time()
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Sec-Fetch-Site"] = "same-origin"

request = function()
  n = n + 1
  local body = "message=Hello+number+" .. n .. "&key=" .. start .. "-" .. n
  return wrk.format(nil, nil, nil, body)
end
