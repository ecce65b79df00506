"""The chip of the test board: MicroPython's unix port with the hardware layer of a board around it.

CPython only hosts it. The packaged interpreter is a shared library; its main() runs here on the main thread, while a second
thread is the UART: it takes the bytes that arrive on the line, keeps the receive ring, and turns 0x03 into the interrupt that a
board's UART handler would raise (mp_sched_keyboard_interrupt), which the interpreter then takes at a safe point. A signal would
not do: the port's own SIGINT handler jumps out of whatever C code is running, the file system included.

stdin of this process is the line's receive side, stdout its send side, stderr carries events for the board ("up", "prompt", "soft",
"reset", "dropped N"). Arguments are NAME=VALUE. A soft reset is an exec of this file, so descriptors and their unread bytes live on.

With net=PATH the chip has a network as well; net.py is its end of that.
"""

import ctypes
import fcntl
import os
import select
import shutil
import signal
import struct
import sys
import termios
import threading

STACK_BYTES = 320 * 1024
# A ring of N bytes holds N - 1 (py/ringbuf.h: one slot tells full from empty).
RING_OFF = 0
# With the ring off the line is flow controlled, like USB CDC: what is not read yet waits here and then in the host.
UNREAD_LIMIT = 4096
# A signal that comes just before a blocking call is lost on it, so the wake-up is repeated.
KICKS_SECONDS = (0.0, 0.002, 0.01, 0.03, 0.1, 0.2)


def main():
    config = dict(argument.split("=", 1) for argument in sys.argv[1:])
    if "tool" in config:
        os._exit(run(load(config), config, [config["tool"], *config["with"].split("\n")]))
    wires = Wires(config)
    lib = load(config)
    events_read, events_write = os.pipe()
    cooked = cook(lib)
    uart = Uart(lib, wires, events_read, int(config["ring"]), cooked)
    if config.get("net"):
        sys.path.append(os.path.dirname(os.path.abspath(__file__)))
        from net import Net

        uart.net = Net(lib, config, uart)
        MIRRORS.append(uart.net)
    raw = config.get("raw") == "1"
    mode = ctypes.c_int.in_dll(lib, "pyexec_mode_kind")
    mode.value = int(raw)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=uart.run, daemon=True).start()
    run(lib, config, ["-i", config["firmware"], str(events_write), config["root"], config["blocks"], str(int(raw)), config["id"], uart.net.pipes if uart.net else "", config.get("port", "")])
    # ports/*/main.c: the text every port prints before it starts over.
    with uart.lock:
        say([b"MPY: soft reboot\r\n"])
        wires.event("soft")
        if uart.net:
            uart.net.tell(b"S", b"")
        config.update(wires.inherit(), raw=str(int(mode.value == 1)))
        # -I: no PYTHON* variables, -S: no site-packages; both only cost start-up time here.
        os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, *(f"{k}={v}" for k, v in config.items())])


def load(config):
    lib = ctypes.CDLL(config["so"])
    lib.mp_hal_stdout_tx_strn.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return lib


def run(lib, config, arguments):
    if config.get("heap"):
        arguments = ["-X", "heapsize=" + config["heap"], *arguments]
    argv = [b"micropython", *(a.encode() for a in arguments)]
    array = (ctypes.c_char_p * (len(argv) + 1))(*argv, None)
    # ports/unix/main.c main(): these two, then main_(). Two arguments for the stack call as well, so that both calls have the same frame.
    lib.mp_thread_init()
    lib.mp_cstack_init_with_sp_here(ctypes.c_size_t(STACK_BYTES), None)
    return lib.main_(len(argv), array) & 0xFF


class Wires:
    """The descriptors that outlive a soft reset."""

    def __init__(self, config):
        if "line" in config:
            self.line, self.events, self.receive = (int(config[k]) for k in ("line", "events", "receive"))
            return
        self.line, self.events = os.dup(0), os.dup(2)
        unread, self.receive = os.pipe()
        os.dup2(unread, 0)
        os.close(unread)
        os.dup2(1, 2)
        if config["paced"] == "1" and hasattr(fcntl, "F_SETPIPE_SZ"):
            # A UART has no 64 kB of send buffer: one page, so that Ctrl-C stops a flood within a third of a second at 115200.
            fcntl.fcntl(1, fcntl.F_SETPIPE_SZ, 4096)
        os.set_blocking(self.line, False)

    def inherit(self):
        for fd in (self.line, self.events, self.receive):
            os.set_inheritable(fd, True)
        return {"line": self.line, "events": self.events, "receive": self.receive}

    def event(self, text):
        os.write(self.events, text.encode() + b"\n")


class Uart:
    def __init__(self, lib, wires, events_read, ring, cooked):
        self.lib, self.wires, self.ring, self.cooked = lib, wires, ring, cooked
        self.firmware = events_read
        self.lock = threading.Lock()
        self.main = threading.main_thread().ident
        self.libc = ctypes.CDLL(None)
        self.armed = False
        self.dropped = 0
        self.kicks = []
        self.net = None

    def run(self):
        try:
            self.loop()
        except BaseException:
            import traceback

            os.write(self.wires.events, traceback.format_exc().encode())
        finally:
            os._exit(1)

    def loop(self):
        while True:
            room = self.room()
            wanted = [self.firmware] + ([self.wires.line] if room else [])
            blocked = [] if room else [self.wires.receive]
            timeout = self.kicks[0] if self.kicks else None
            patience = self.net.patience() if self.net else None
            if patience is not None and (timeout is None or patience < timeout):
                timeout = patience
            if self.net:
                wanted.append(self.net.control)
            readable, _, _ = select.select(wanted, blocked, [], timeout)
            if not readable and self.kicks and timeout == self.kicks[0]:
                self.kick()
            if self.net:
                self.net.turn(self.net.control in readable)
            if self.firmware in readable:
                self.hear_firmware(os.read(self.firmware, 64))
            if self.wires.line in readable:
                with self.lock:
                    data = os.read(self.wires.line, min(room, 4096))
                    if not data:
                        leave()
                    self.arrive(data)

    def hear_firmware(self, data):
        for word in data.decode().split():
            if "=" in word:
                self.net.hear(*word.split("=", 1))
                continue
            # Interrupts count from here on: before it our own start-up code runs, which a board does not have.
            self.armed = self.armed or word == "up"
            self.wires.event(word + (" cooked" if word == "up" and self.cooked else ""))

    def room(self):
        return 1 << 16 if self.ring != RING_OFF else UNREAD_LIMIT - self.unread()

    def unread(self):
        return struct.unpack("i", fcntl.ioctl(0, termios.FIONREAD, b"\0\0\0\0"))[0]

    def arrive(self, data, ring=None):
        ring = self.ring if ring is None else ring
        while data:
            head, interrupt, data = data.partition(b"\x03")
            self.store(head, ring)
            if interrupt and self.armed and self.interruptible():
                self.interrupt()
            elif interrupt:
                self.store(interrupt, ring)

    def interrupt(self):
        if self.net and self.net.holds():
            return
        self.lib.mp_sched_keyboard_interrupt()
        self.kicks = list(KICKS_SECONDS)
        self.kick()

    def store(self, data, ring):
        kept = data if ring == RING_OFF else data[: max(0, ring - 1 - self.unread())]
        if kept:
            os.write(self.wires.receive, kept)
        if len(kept) < len(data):
            self.dropped += len(data) - len(kept)
            self.wires.event(f"dropped {len(data) - len(kept)}")

    def interruptible(self):
        """mp_hal_set_interrupt_char(3) installs a SIGINT handler, (-1) takes it away; the handler is sigaction's first member."""
        action = ctypes.create_string_buffer(256)
        self.libc.sigaction(signal.SIGINT, None, action)
        return ctypes.c_void_p.from_buffer(action).value not in (None, 0)

    def kick(self):
        self.kicks.pop(0)
        if self.interruptible():
            signal.pthread_kill(self.main, signal.SIGUSR1)
        else:
            self.kicks = []


def leave():
    """The other end of the line is gone without ending this process first: the board was killed, and cannot tidy up itself."""
    home = os.path.dirname(os.path.abspath(__file__))
    if os.path.basename(home).startswith("testboard-"):
        shutil.rmtree(home, ignore_errors=True)
    os._exit(0)


def send(data):
    while data:
        data = data[os.write(1, data) :]


HOOKS = []
# The network, when there is one: it hears all that the interpreter says.
MIRRORS = []


def say(pieces):
    """Each piece is one call of a board's mp_hal_stdout_tx_strn."""
    send(b"".join(pieces))
    for mirror in MIRRORS:
        mirror.say(pieces)


def cooked_pieces(text):
    """shared/runtime/stdout_helpers.c: CRLF is a call of its own."""
    lines = text.split(b"\n")
    pieces = [piece for line in lines[:-1] for piece in (line, b"\r\n")] + lines[-1:]
    return [piece for piece in pieces if piece]


def cook(lib):
    """Text gets CRLF as on a board, bytes written to sys.stdout.buffer do not. False where the library cannot be hooked.

    On a board, mp_hal_stdout_tx_strn_cooked converts and sys.stdout goes through it; on unix the terminal would do it, blindly.
    """
    try:
        slots = jump_slots(lib)
        write_slot, cooked_slot = slots[b"write"], slots[b"mp_hal_stdout_tx_strn_cooked"]
        text_fd = ctypes.c_int.from_address(ctypes.addressof(ctypes.c_char.in_dll(lib, "mp_sys_stdout_obj")) + 8)
    except (OSError, KeyError, ValueError, struct.error):
        return False
    libc_write = ctypes.CDLL(None, use_errno=True).write
    libc_write.argtypes, libc_write.restype = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t], ctypes.c_ssize_t
    text = os.dup(1)

    string_at = ctypes.string_at

    def write(fd, data, length):
        if fd == 1 and MIRRORS:
            # Nothing at all (readline writes that) is no call of a board's dupterm: mp_stream_rw() has nothing to do.
            say([string_at(data, length)] if length else [])
            return length
        if fd != text and fd != 2:
            return libc_write(fd, data, length)
        say(cooked_pieces(string_at(data, length)))
        return length

    def cooked(data, length):
        say(cooked_pieces(string_at(data, length)))

    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    HOOKS.append(ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_int, pointer, size, use_errno=True)(write))
    HOOKS.append(ctypes.CFUNCTYPE(None, pointer, size)(cooked))
    pointer.from_address(write_slot).value = ctypes.cast(HOOKS[0], pointer).value
    pointer.from_address(cooked_slot).value = ctypes.cast(HOOKS[1], pointer).value
    text_fd.value = text
    return True


def jump_slots(lib):
    """Addresses of the library's jump slots by symbol name (ELF, 64 bits: DT_JMPREL, DT_SYMTAB, DT_STRTAB)."""
    if not sys.platform.startswith("linux"):
        raise OSError("not ELF")
    # The kernel names files as they are without links.
    name = os.path.realpath(lib._name)
    with open("/proc/self/maps") as maps:
        base = int(next(line for line in maps if line.rstrip().endswith(name)).split("-")[0], 16)
    read = ctypes.string_at
    program_headers, _, _, _, entry, count = struct.unpack("<QQIHHH", read(base + 32, 26))
    for i in range(count):
        kind, _, _, address = struct.unpack("<IIQQ", read(base + program_headers + i * entry, 24))
        if kind == 2:
            dynamic = base + address
    tags = {}
    while 0 not in tags:
        tag, value = struct.unpack("<qQ", read(dynamic, 16))
        tags[tag], dynamic = value, dynamic + 16
    absolute = {tag: tags[tag] + (base if tags[tag] < base else 0) for tag in (5, 6, 23)}
    slots = {}
    for at in range(absolute[23], absolute[23] + tags[2], 24):
        offset, info = struct.unpack("<QQ", read(at, 16))
        (name,) = struct.unpack("<I", read(absolute[6] + (info >> 32) * 24, 4))
        slots[read(absolute[5] + name)] = base + offset
    return slots


main()
