"""A machine has few places for functions: the others wait their turn."""

import threading
import time
from typing import Any

from local.emulator.places import Places, places


class Account:
    """MiniStack's accounting: so many places in all, and none for a function that has reached its own limit."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.held = 0
        self.most = 0

    def acquire(self, function: Any, config: Any) -> tuple[Any, str | None]:
        if function == "limited":
            return None, "function"
        if self.held >= self.cap:
            return None, "account"
        self.held += 1
        self.most = max(self.most, self.held)
        return function, None

    def release(self, slot: Any) -> None:
        self.held -= 1


def test_there_is_more_than_one_place() -> None:
    assert places() >= 8


def test_more_calls_than_places_all_run_and_never_more_at_once() -> None:
    account = Account(2)
    queue = Places(account.acquire, account.release)
    done: list[int] = []

    def call(number: int) -> None:
        slot, limit = queue.acquire(number, {})
        assert limit is None
        time.sleep(0.002)
        done.append(number)
        queue.release(slot)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)

    assert sorted(done) == list(range(12))
    assert (account.most, account.held) == (2, 0)


def test_who_came_first_goes_first() -> None:
    account = Account(1)
    queue = Places(account.acquire, account.release)
    slot, _ = queue.acquire("first", {})
    order: list[int] = []

    def call(number: int) -> None:
        held, _ = queue.acquire(number, {})
        order.append(number)
        queue.release(held)

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=call, args=(number,)))
        threads[-1].start()
        while len(queue._waiting) <= number:
            time.sleep(0.001)
    queue.release(slot)
    for thread in threads:
        thread.join(5)

    assert order == [0, 1, 2, 3, 4]


def test_a_functions_own_limit_refuses_at_once() -> None:
    account = Account(1)
    assert Places(account.acquire, account.release).acquire("limited", {}) == (None, "function")
