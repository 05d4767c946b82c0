"""Every address in the table responds as the table says."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from anonmsg.addresses import ADDRESSES, METRICS, READY, SECURITY_TXT, UNSUBSCRIBE, Address, Post


def path_of(address: Address) -> str:
    return address.path.format(username="Ada")


def is_read(address: Address) -> bool:
    # Who opens a link that ends emails is asked first.
    return address.is_page or address.post is Post.NOTHING or address is UNSUBSCRIBE


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.path)
def test_a_post_is_answered_as_the_table_says(client: TestClient, address: Address) -> None:
    answer = client.post(path_of(address), data={}, follow_redirects=False)
    if address.post is Post.NOTHING:
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    elif address.post is Post.NEEDS_SCRIPT:
        assert "Not sent yet" in answer.text
    else:
        assert answer.status_code not in {405, 500}
        assert "Not sent yet" not in answer.text


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.path)
def test_a_get_is_answered_where_there_is_something_to_read(
    client: TestClient, address: Address
) -> None:
    answer = client.get(path_of(address), follow_redirects=False)
    if is_read(address):
        # No contact is set here, nothing has started in the background, and this is a stranger.
        fine = {SECURITY_TXT: {404}, READY: {503}, METRICS: {404}}.get(address, {200, 303})
        assert answer.status_code in fine
    else:
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.path)
def test_another_method_is_told_which_ones_there_are(client: TestClient, address: Address) -> None:
    answer = client.put(path_of(address))
    allowed = ["GET, HEAD"] * is_read(address) + ["POST"] * (address.post is not Post.NOTHING)
    assert (answer.status_code, answer.headers["allow"]) == (405, ", ".join(allowed))
