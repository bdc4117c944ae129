"""How old files are, by the clock of the storage, whatever ours says."""

import time

from pipes_projects.deploy.storage.places.clock import StorageClock

HOUR = 3600


def test_a_clock_that_is_an_hour_off_is_known_from_what_we_put_there() -> None:
    for off in (-HOUR, 0, HOUR):
        clock, then = StorageClock(), time.time() + off
        clock.wrote("a/mine")
        found = clock.entries("a", [("mine", False, then), ("older", False, then - 60)])
        assert [round(entry.age) for entry in found] == [0, 60]
        assert [round(entry.age) for entry in clock.entries("b", [("x", False, then - 5)])] == [5]


def test_nothing_is_younger_than_new() -> None:
    assert StorageClock().entries("", [("x", False, time.time() + HOUR)])[0].age == 0
