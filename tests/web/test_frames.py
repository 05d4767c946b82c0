"""What a socket may say, using frames recorded from Reflex 0.10.1's own client."""

from __future__ import annotations

import json

import pytest

from anonmsg.web.door.frames import Conversation

BARE_CONNECT = "40/_event,"
FIRST_CONNECT = (
    '40/_event,{"event":{"name":"reflex___state____state.hydrate_and_load","payload":{"hashes":'
    '["8faa3dc27b07bf30","9fb204472389557e"]},"router_data":{"pathname":"/u/ada","asPath":'
    '"/u/ada?x=1#frag","query":{"x":"1","username":"ada"}}},'
    '"state_schema":"daefe361da5fdbb0e5d36a8c96aed008"}'
)
SECOND_CONNECT = (
    '40/_event,{"event":{"name":"reflex___state____state.hydrate_and_load","router_data":'
    '{"pathname":"/","asPath":"/"}},"state_schema":"daefe361da5fdbb0e5d36a8c96aed008"}'
)
SUBMIT = (
    '42/_event,["event",{"name":"reflex___state____state.anonmsg___anonmsg____page_state.send",'
    '"payload":{"form":{"__reflex_form_data__":[["page_key","PK"],["message","hello é 😀"],'
    '["key","fresh"]]}},"router_data":{"pathname":"/u/ada","asPath":"/u/ada?x=1#frag",'
    '"query":{"x":"1","username":"ada"}}}]'
)
DISCONNECT = "41/_event,"


def content(frame: str | None) -> object:
    """A frame's content, parsed as Reflex would."""
    assert frame is not None
    return json.loads(frame.partition(",")[2])


def heard(frame: str) -> str | None:
    """What gets through of a frame sent after the connect."""
    conversation = Conversation()
    conversation.hear(BARE_CONNECT)
    return conversation.hear(frame)


def event(**fields: object) -> str:
    """An event's frame."""
    return "42/_event," + json.dumps(["event", {"name": "state.send"} | fields])


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "1",
        "4",
        "5",
        "6",
        "b42",
        "42",
        '42["event",{"name":"a"}]',
        '42/other,["event",{"name":"a"}]',
        '42/_event?x,["event",{"name":"a"}]',
        '42/_event,7["event",{"name":"a"}]',
        '421-/_event,["event",{"name":"a"}]',
        '43/_event,1["event",{"name":"a"}]',
        '44/_event,{"message":"secret"}',
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        '461-/_event,1[{"_placeholder":true,"num":0}]',
        '4{"event":"secret"}',
        "2secret",
        "3secret",
        "41/_event,secret",
    ],
)
def test_what_the_client_never_sends_is_dropped(frame: str) -> None:
    assert heard(frame) is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "null",
        "[]",
        '"event"',
        "{",
        "{}",
        '["event"]',
        '["event",null]',
        '["event","secret"]',
        '["event",["secret"]]',
        '["event",{}]',
        '["event",{"name":"a"},"secret"]',
        '["client_error",{"message":"secret"}]',
        '["connect",{}]',
        '["disconnect","secret"]',
        '["ping","secret"]',
        '[["event"],{"name":"a"}]',
        '["event",{"name":"a"}]x',
        '["event",{"name":"a","payload":{"x":NaN}}]',
        '["event",{"name":"a","payload":{"x":-Infinity}}]',
        '["event",{"name":"a","payload":{"x":1e999}}]',
        '["event",{"name":"a","payload":{"x":' + "9" * 5000 + "}}]",
        "[" * 8000,
        '["event",{"name":"a","payload":{"x":' + "[" * 3000 + "]" * 3000 + "}}]",
        '["event",{"name":"a","payload":{"x":' + "[" * 40 + "]" * 40 + "}}]",
    ],
)
def test_an_event_of_another_shape_is_dropped(data: str) -> None:
    assert heard("42/_event," + data) is None


@pytest.mark.parametrize("name", [None, 7, True, [], {}, "", "a b", "a\n", "a-b", "é", "a" * 201])
def test_an_event_needs_a_plain_name(name: object) -> None:
    assert heard(event(name=name)) is None


@pytest.mark.parametrize("payload", [[], "secret", 7, False])
def test_a_payload_is_an_object(payload: object) -> None:
    assert heard(event(payload=payload)) is None


@pytest.mark.parametrize(
    "router_data",
    [
        None,
        [],
        "secret",
        {"pathname": 7},
        {"pathname": None},
        {"pathname": "no-slash"},
        {"asPath": "@elsewhere.example"},
        {"asPath": "/" + "a" * 4096},
        {"query": "secret"},
        {"query": []},
        {"query": {"a": 7}},
        {"query": {"a": {"b": "c"}}},
        {"query": {"a" * 4097: "b"}},
        {"query": {str(n): "" for n in range(101)}},
    ],
)
def test_router_data_is_an_address_and_its_parameters(router_data: object) -> None:
    assert heard(event(router_data=router_data)) is None


@pytest.mark.parametrize(
    "auth",
    [
        "[]",
        '"secret"',
        "7",
        '{"event":"secret"}',
        '{"event":{"payload":{}}}',
        '{"event":{"name":"a","payload":"secret"}}',
        '{"state_schema":7}',
        '{"state_schema":"a secret"}',
        '{"state_schema":"' + "a" * 65 + '"}',
    ],
)
def test_a_connect_of_another_shape_is_dropped(auth: str) -> None:
    conversation = Conversation()
    assert conversation.hear("40/_event," + auth) is None
    assert conversation.hear(SUBMIT) is None


@pytest.mark.parametrize("frame", ["40", "40/other,", '40{"event":{"name":"a"}}', "40/_event"])
def test_another_namespace_cannot_be_joined(frame: str) -> None:
    assert Conversation().hear(frame) is None


def test_an_event_before_the_connect_is_dropped() -> None:
    assert Conversation().hear(SUBMIT) is None


def test_a_second_connect_is_dropped() -> None:
    conversation = Conversation()
    assert conversation.hear(FIRST_CONNECT) is not None
    assert conversation.hear(SECOND_CONNECT) is None
    assert conversation.hear(SUBMIT) is not None


def test_nothing_but_the_known_fields_passes() -> None:
    frame = event(
        token="stolen",
        payload={"a": 1},
        router_data={
            "pathname": "/",
            "headers": {"cookie": "connection=stolen"},
            "ip": "192.0.2.1",
        },
    )
    assert content(heard(frame)) == [
        "event",
        {"name": "state.send", "payload": {"a": 1}, "router_data": {"pathname": "/"}},
    ]


def test_a_field_given_twice_passes_as_it_was_checked() -> None:
    frame = '42/_event,["event",{"name":"secret words","name":"a","payload":{"x":1,"x":2}}]'
    assert heard(frame) == '42/_event,["event",{"name":"a","payload":{"x":2}}]'


def test_a_payload_of_null_is_left_out() -> None:
    assert content(heard(event(payload=None))) == ["event", {"name": "state.send"}]


@pytest.mark.parametrize("frame", [FIRST_CONNECT, SECOND_CONNECT])
def test_a_recorded_connect_passes_unchanged(frame: str) -> None:
    assert content(Conversation().hear(frame)) == content(frame)


def test_a_recorded_event_passes_unchanged() -> None:
    assert content(heard(SUBMIT)) == content(SUBMIT)


def test_a_recorded_visit_with_a_reconnection_passes() -> None:
    conversation = Conversation()
    frames = [FIRST_CONNECT, SUBMIT, "3", DISCONNECT, SECOND_CONNECT, SUBMIT, DISCONNECT]
    assert all(conversation.hear(frame) for frame in frames)


def test_a_connect_without_a_first_event_passes() -> None:
    assert Conversation().hear(BARE_CONNECT) == BARE_CONNECT
    assert Conversation().hear('40/_event,{"event":null,"state_schema":null}') == "40/_event,{}"


def test_a_lone_surrogate_passes_as_it_was_written() -> None:
    frame = '42/_event,["event",{"name":"a","payload":{"text":"\\ud800"}}]'
    assert heard(frame) == frame


def test_the_ping_of_reflex_passes() -> None:
    assert heard('42/_event,["ping"]') == '42/_event,["ping"]'


@pytest.mark.parametrize("frame", ["2", "3", "2probe", "3probe"])
def test_a_heartbeat_passes_at_any_time(frame: str) -> None:
    assert Conversation().hear(frame) == frame
