import threading
import time

from assistant.turnstile import Turnstile


def test_calls_run_one_at_a_time_in_their_order_however_they_arrive():
    turnstile, ran, inside = Turnstile(), [], []

    def call(key, earlier):
        with turnstile.passing(key, earlier):
            inside.append(key)
            time.sleep(0.02)
            ran.append(list(inside))
            inside.remove(key)

    threads = [threading.Thread(target=call, args=(key, "abc"[:n])) for n, key in reversed(list(enumerate("abc")))]
    for thread in threads:
        thread.start()
        time.sleep(0.01)  # the last arrives first
    for thread in threads:
        thread.join(5)
    assert ran == [["a"], ["b"], ["c"]]


def test_a_call_that_fails_lets_the_next_through():
    turnstile = Turnstile()
    try:
        with turnstile.passing("a", []):
            raise ValueError
    except ValueError:
        pass
    with turnstile.passing("b", ["a"]):
        pass
