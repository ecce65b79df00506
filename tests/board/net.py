"""The chip's end of the test WebREPL: what the network stack of a board asks of the interpreter.

The server itself runs in the test's process. Over `control` it asks when the interpreter polls its sockets, hands over the bytes for the
REPL, and has work done by the interpreter (files, prints, standing still in a handshake). `words` carries all that the interpreter says,
one message for each call of mp_hal_stdout_tx_strn: a message becomes a frame. Both are closed by the exec of a soft reset.
"""

import ctypes
import os
import select
import signal
import socket
import struct
import threading

HEAD = struct.Struct("<cI")
# Blocking system calls in which an ESP32 port would poll its sockets (MICROPY_EVENT_POLL_HOOK): waits for input or for time to pass.
# read, poll, select, nanosleep, connect, accept, recvfrom, recvmsg, clock_nanosleep, epoll_wait, pselect6, ppoll, epoll_pwait, accept4
WAITS = {
    "x86_64": {0, 7, 23, 35, 42, 43, 45, 47, 230, 232, 270, 271, 281, 288},
    "aarch64": {22, 63, 72, 73, 101, 115, 202, 203, 207, 212, 242},
}
# How often to look whether the interpreter polls: a thousand times a second, soon less often.
SHORTEST, LONGEST = 0.0005, 0.004
# mp_obj_t of the small integer 0 (object representation A).
ZERO = 1


class Net:
    def __init__(self, lib, config, uart):
        self.lib, self.uart = lib, uart
        lib.mp_sched_schedule.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        lib.mp_sched_schedule.restype = ctypes.c_bool
        self.always = config["polls"] == "always"
        self.ring = int(config["netring"])
        self.control, self.words = (self.connect(config["net"], role) for role in (b"c", b"w"))
        theirs_in, self.requests = os.pipe()
        self.answers, theirs_out = os.pipe()
        self.pipes = f"{theirs_in},{theirs_out}"
        self.work = None
        self.asked = None
        self.held = False
        self.interrupted = False
        waits = WAITS.get(os.uname().machine, set())
        self.waits = {str(number).encode() for number in waits}
        self.state = f"/proc/self/task/{threading.main_thread().native_id}/syscall"

    @staticmethod
    def connect(path, role):
        end = socket.socket(socket.AF_UNIX)
        end.connect(path)
        end.sendall(role)
        return end

    def patience(self):
        return self.asked

    def hear(self, name, value):
        """What the firmware says over the events pipe."""
        if name == "work":
            self.work = int(value)
        else:
            self.tell(name[:1].upper().encode(), bytes.fromhex(value))

    def turn(self, readable):
        if readable:
            self.take()
        if self.asked is not None:
            if self.uart.armed and not self.held and (self.always or self.polls()):
                self.asked = None
                self.tell(b"!", b"")
            else:
                self.asked = min(self.asked * 1.2, LONGEST)

    def polls(self):
        with open(self.state, "rb") as state:
            return state.read().split(b" ", 1)[0] in self.waits

    def holds(self):
        """Whether the interpreter stands still in a handshake; an interrupt then waits for its end."""
        self.interrupted = self.interrupted or self.held
        return self.held

    def take(self):
        kind, size = HEAD.unpack(self.exactly(HEAD.size))
        data = self.exactly(size)
        if kind == b"?":
            self.asked = SHORTEST
        elif kind == b"D":
            with self.uart.lock:
                self.uart.arrive(data, self.ring)
        elif kind == b"X":
            self.uart.wires.event("reset")
        else:
            self.tell(b"A", self.call(kind, data))

    def call(self, kind, data):
        """Has the interpreter do it: scheduled as a board's socket callback is, so it never tears what the program is at."""
        os.write(self.requests, kind + struct.pack("<H", len(data)) + data)
        # While it is held, it waits for exactly this request.
        while not self.held and not self.lib.mp_sched_schedule(self.work, ZERO):
            select.select([], [], [], SHORTEST)
        pause = SHORTEST
        while True:
            signal.pthread_kill(self.uart.main, signal.SIGUSR1)
            if select.select([self.answers], [], [], pause)[0]:
                break
            pause = min(pause * 2, 0.05)
        (size,) = struct.unpack("<H", os.read(self.answers, 2))
        answer = b""
        while len(answer) < size:
            answer += os.read(self.answers, size - len(answer))
        self.held = kind == b"H"
        if not self.held and self.interrupted:
            self.interrupted = False
            self.uart.interrupt()
        return answer

    def tell(self, kind, data):
        self.control.sendall(HEAD.pack(kind, len(data)) + data)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.control.recv(size - len(data))
            if not part:
                os._exit(0)
            data += part
        return data

    def say(self, pieces):
        try:
            self.words.sendall(b"".join(struct.pack("<I", len(piece)) + piece for piece in pieces))
        except OSError:
            pass
