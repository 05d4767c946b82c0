"""Visits: who is at the other end of each open socket."""

from __future__ import annotations

from anonmsg.framework.connections import Visit, Visits, visit_id_in


def test_an_unknown_visit_is_nobody() -> None:
    assert Visits().get("") is None
    assert Visits().get("guessed") is None


def test_a_closed_visit_is_forgotten() -> None:
    visits = Visits()
    visit_id = visits.open("network", "sign-in")
    visits.close(visit_id)
    assert visits.get(visit_id) is None
    assert visits.count("network") == 0


def test_closing_a_visit_twice_counts_once() -> None:
    visits = Visits()
    first = visits.open("network", "")
    visits.open("network", "")
    visits.close(first)
    visits.close(first)
    assert visits.count("network") == 1


def test_who_wants_to_know_is_told_once_that_a_visit_is_over() -> None:
    visits = Visits()
    told: list[str] = []
    visits.on_close = told.append
    visit_id = visits.open("network", "")
    visits.close(visit_id)
    visits.close(visit_id)
    assert told == [visit_id]


def test_a_visit_tells_the_network_and_the_sign_in() -> None:
    visits = Visits()
    assert visits.get(visits.open("network", "sign-in")) == Visit("network", "sign-in")


def test_a_stranger_has_no_sign_in() -> None:
    visits = Visits()
    assert visits.get(visits.open("network", "")) == Visit("network", "")


def test_visits_are_counted_by_network() -> None:
    visits = Visits()
    visits.open("one", "")
    visits.open("one", "")
    visits.open("other", "")
    assert (visits.count("one"), visits.count("other"), visits.count("none")) == (2, 1, 0)


def test_two_visits_of_the_same_person_have_different_ids() -> None:
    visits = Visits()
    ids = {visits.open("network", "sign-in") for _ in range(50)}
    assert len(ids) == 50
    assert all(len(each) >= 32 for each in ids)


def test_no_visit_is_read_from_other_cookies() -> None:
    assert visit_id_in("") == ""
    assert visit_id_in("visitor=a; revisit=b; visit") == ""


def test_a_visit_is_read_from_its_cookie() -> None:
    assert visit_id_in("visit=abc-_1") == "abc-_1"
    assert visit_id_in("theme=dark;visit=abc; x=y") == "abc"
