# `machine` of the test board: enough for tools that ask who a board is and for the samples to blink.
import binascii
import sys
import time

_tell = None
_id = b""


def _set_up(tell, unique):
    global _tell, _id
    _tell, _id = tell, binascii.unhexlify(unique)


def reset():
    _tell.write(b"reset\n")
    while True:
        time.sleep(1)


def soft_reset():
    sys.exit()


def unique_id():
    return _id


def freq(hz=None):
    return 160000000 if hz is None else None


def reset_cause():
    return 1


class Pin:
    IN, OUT, PULL_UP, PULL_DOWN = 0, 1, 1, 2

    def __init__(self, id, mode=-1, pull=-1, value=None):
        self.id, self._value = id, value or 0

    def value(self, v=None):
        if v is None:
            return self._value
        self._value = 1 if v else 0

    __call__ = value

    def on(self):
        self._value = 1

    def off(self):
        self._value = 0

    def toggle(self):
        self._value ^= 1

    def __repr__(self):
        return "Pin(%s)" % self.id


class _Port:
    """`sys` of another port: clients ask it for the platform."""

    def __init__(self, platform):
        self.platform = platform

    def __getattr__(self, name):
        return getattr(sys, name)
