"""Guards of the events and sockets: who may call what, and what a socket may say."""

from __future__ import annotations

from tests.mutants.mutant import cut, gone, instead, never, of

MUTANTS = (
    *of(
        "framework/guard.py",
        "framework/test_guard.py framework/test_default_deny.py pages/test_submitted_twice.py",
        never(
            "an unknown event is refused",
            "name not in FRAMEWORK and name not in self.audiences",
        ),
        never(
            "an event has its handler's arguments",
            "not signatures.fits(ROOT + name, event.payload)",
        ),
        never(
            "an event of a closed socket is refused",
            "not self._runs_closed(connection_id, name)",
        ),
        instead(
            "owners' handlers need a person",
            "if self.audiences.get(name, Audience.EVERYONE) in "
            "{Audience.EVERYONE, audience_of(person)}:",
            "if True:",
        ),
        instead(
            "a state of another session is emptied",
            "await reset_unless_owned_by(root, person)",
            "pass",
        ),
        cut("no event sets a var by its name", " if name != NEVER", "handlers_of"),
        never(
            "a state says who it is for",
            "audience not in {Audience.EVERYONE, Audience.OWNERS, Audience.LEAVING}",
        ),
    ),
    *of(
        "framework/connections.py",
        "framework/test_connections.py",
        instead(
            "a closed connection is forgotten",
            "self._connections.pop(connection_id, None)",
            "self._connections.get(connection_id)",
        ),
        never("few events run after their socket", "ended is None or not ended.events_left"),
        gone(
            "the network of a closed socket is kept",
            "self._ended[connection_id] = _Ended(connection.network, self._clock())",
        ),
        gone("it is kept for a while", "self._ended.popitem(last=False)"),
    ),
    *of(
        "framework/pushes.py",
        "framework/test_pushes.py",
        never("a closed tab is not told", "connections.get(tab.connection_id) is None"),
        instead(
            "a push does not inherit the sender's socket",
            "contextvars.Context()",
            "contextvars.copy_context()",
        ),
    ),
    *of(
        "framework/prerender.py",
        "unit/test_addresses.py",
        instead(
            "the development server hands on every POST",
            "if each.post is not addresses.Post.NOTHING",
            "if each.post is addresses.Post.ROUTE",
        ),
    ),
    *of(
        "addresses.py",
        "unit/test_addresses.py",
        instead(
            "no address loses its POST",
            "UNDO_EMAIL = Address('/undo-email', post=Post.ROUTE, ",
            "UNDO_EMAIL = Address('/undo-email', ",
        ),
    ),
    *of(
        "runtime/topics.py",
        "unit/test_topics.py",
        instead("a tab without a socket watches nothing", "if tab.connection_id:", "if True:"),
    ),
    *of(
        "web/door/doorway.py",
        "web/test_doorway.py web/test_sockets.py web/test_anonymity.py web/test_requests.py",
        never(
            "a socket of another site is refused",
            "len(origins) != 1 or origins[0] not in self._origins",
        ),
        instead("a socket has one Origin", "len(origins) != 1 or", "not origins or"),
        instead("a sid is refused", "[] if 'sid' in query else ", ""),
        instead(
            "a token has its shape", "bool(CLIENT_TOKEN.fullmatch(tokens[0]))", "bool(tokens[0])"
        ),
        instead(
            "sockets are counted in",
            "not self._admission.enter(network)",
            "self._admission.enter(network) is None",
        ),
        gone("sockets are counted out", "self._admission.leave(network)"),
        never("a cookie that cannot be proved opens nothing", "session_id is None"),
        cut(
            "a socket's headers are taken away",
            " if each[0].lower() in SOCKET_HEADERS",
            "_socket_headers",
        ),
        cut("a subprotocol is a version", " if VERSION.fullmatch(each.strip())"),
        gone("a visit's connection ends with it", "self._connections.close(connection_id)"),
        cut("a socket's query is bounded", ", max_num_fields=MOST_QUERY_FIELDS"),
    ),
    *of(
        "web/door/open_socket.py",
        "web/test_doorway.py web/test_sockets.py",
        instead(
            "a frame is bounded",
            "return TOO_BIG if size > self._frame_bytes else None",
            "return None",
        ),
        never("frames are counted", "not self._allowance.take()"),
        instead(
            "nothing is said after hanging up",
            "if self._closed_with is None:",
            "if True:",
            "OpenSocket.send",
        ),
        gone("a tab that isn't answered is cut off", "await self.end()", "OpenSocket"),
    ),
    *of(
        "web/door/request_door.py",
        "web/test_request_door.py web/test_requests.py web/test_anonymity.py",
        cut("a request's headers are taken away", " if each[0].lower() in REQUEST_HEADERS"),
        cut("a client's address is taken away", "'client': NOBODY, "),
        never(
            "no path has a control character",
            "UNPRINTABLE.search(scope['path'])",
        ),
        instead("a body that says it's too large isn't read", "if is_large", "if False"),
        instead(
            "requests are counted in",
            "not self._open.enter(network)",
            "self._open.enter(network) is None",
        ),
        gone("requests are counted out", "self._open.leave(network)"),
        never("an error of a route is not swallowed", "not body.is_refused"),
    ),
    *of(
        "web/door/bodies.py",
        "web/test_request_door.py",
        never("a body is bounded", "self._size > self._limits.body_bytes"),
        instead(
            "a body has a least speed",
            "min(self._limits.body_seconds, self._limits.body_patience + earned)",
            "self._limits.body_seconds",
        ),
        instead(
            "what a body earns has an end",
            "min(self._limits.body_seconds, self._limits.body_patience + earned)",
            "self._limits.body_patience + earned",
        ),
        instead("an answer isn't given twice", "if not self._has_answer:", "if True:"),
        never("waiting for a client to leave has no deadline", "self._is_whole"),
    ),
    *of(
        "web/door/headers.py",
        "web/test_headers.py web/test_raw_answers.py",
        never(
            "a refused socket's answer is ours",
            "is_refusal and DENIAL in scope.get('extensions', {})",
            only="socket",
        ),
        cut("an open socket is closed by its code", " and (not is_open)", only="socket"),
    ),
    *of(
        "web/door/door_answers.py",
        "web/test_request_door.py",
        gone("a refused request ends its connection", "answer.headers['Connection'] = 'close'"),
        cut("a link leads to this site", " and PLAIN_PATH.fullmatch(path)"),
    ),
    *of(
        "web/door/monitor.py",
        "web/test_metrics.py",
        instead("counts are for the operator", "may_read(scope, self._token)", "True"),
        instead(
            "a token is the right one",
            "return hmac.compare_digest(",
            "return True or hmac.compare_digest(",
        ),
        never("this machine is this one", "not client or not _is_loopback(client[0])"),
        never(
            "a proxy asks for others",
            "any((name in OF_PROXIES or name.startswith(OF_PROXIES_BEGIN) for name in headers))",
        ),
        never("a bare proxy asks for others", "scope.get('http_version') in OLD_VERSIONS"),
        instead("nobody leads a browser here", "host == 'localhost' or", "True or"),
        instead("a method is no label", "scope['method'] in METHODS", "True"),
    ),
    *of(
        "web/door/admission.py",
        "web/test_admission.py web/test_doorway.py web/test_request_door.py",
        never("a network has so many open requests", "self._open[network] >= self._most"),
        never(
            "a network has so many sockets",
            "self._inside[network] >= self._limits.open_per_network",
        ),
        never(
            "a network has so many new sockets",
            "self._recent[network] >= self._limits.new_per_minute",
        ),
        instead("an allowance runs out", "if self._left < 1:", "if self._left < -9999:"),
    ),
    *of(
        "web/door/frames.py",
        "web/test_frames.py",
        cut("a second connect is dropped", " and (not self._connected)"),
        instead(
            "an event before the connect is dropped",
            "if frame.startswith(EVENT) and self._connected:",
            "if frame.startswith(EVENT):",
        ),
        cut("a payload is shallow", " and _is_shallow(payload, DEEPEST_PAYLOAD)"),
        cut("an event has a name", " and EVENT_NAME.fullmatch(name)"),
        cut("a schema holds no words", " and STATE_SCHEMA.fullmatch(schema)"),
        cut("an address begins with a slash", " and data[part].startswith('/')"),
        cut("a query is small", " and len(query) <= MOST_QUERY_PARAMETERS"),
        instead("other frames are dropped", "raise Misshapen", "return text", "_emit"),
        instead("NaN is dropped", "raise Misshapen(name)", "return 0", "_no_constant"),
        cut("a word is bounded", " and len(value) <= LONGEST_ADDRESS"),
    ),
    *of(
        "web/door/networks.py",
        "web/test_networks.py",
        instead(
            "only our proxies are believed", "addresses[-self._hops]", "addresses[0]", "Networks"
        ),
        instead("a household is one network", "parsed.packed[:8]", "parsed.packed"),
    ),
    *of(
        "runtime/shared/day_secrets.py",
        "web/test_networks.py services/test_day_secrets.py",
        never("a network's key lives a day", "self._clock() >= self._until"),
        instead(
            "Redis alone tells no network",
            "hmac.digest(self._pepper_key, salt, hashlib.sha256)",
            "salt",
        ),
    ),
)
