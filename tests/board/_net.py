# The interpreter's part of the test WebREPL, called by the scheduler as a socket callback is: it opens, writes and reads the files of
# file records, prints what webrepl.py prints, and stands still while a handshake is read. And `import webrepl` for programs.
import sys

_in = _out = _tell = _file = None


def _set_up(posix, tell, pipes):
    global _in, _out, _tell
    requests, answers = pipes.split(",")
    _tell = tell
    _in = posix.open("/dev/fd/" + requests, "rb")
    _out = posix.open("/dev/fd/" + answers, "wb")
    tell.write("work=%d\n" % id(_serve))
    return sys.modules["_net"]


def _serve(_):
    kind, data = _take()
    while kind == b"H":
        _answer(b"\0")
        kind, data = _take()
    try:
        done = b"\0" + (_WORK[kind](data) or b"")
    except Exception as e:
        done = b"\1" + ("%s: %s" % (type(e).__name__, e)).encode()
    _answer(done)


def _take():
    head = _in.read(3)
    return head[:1], _in.read(head[1] | head[2] << 8)


def _answer(data):
    _out.write(bytes((len(data) & 255, len(data) >> 8)) + data)


def _release(_):
    pass


def _print(data):
    print(str(data, "utf-8"), end="")


def _open_to_write(name):
    global _file
    _file = open(str(name, "utf-8"), "wb")


def _open_to_read(name):
    global _file
    _file = open(str(name, "utf-8"), "rb")


def _write(data):
    _file.write(data)


def _read(_):
    return _file.read(4096)


def _close(_):
    _file.close()


_WORK = {
    b"R": _release,
    b"P": _print,
    b"w": _open_to_write,
    b"r": _open_to_read,
    b"W": _write,
    b"G": _read,
    b"c": _close,
}


def start(port=8266, password=None):
    global listen_s, client_s
    if password is None:
        try:
            import webrepl_cfg

            chosen = webrepl_cfg.PASS
        except Exception:
            print("WebREPL is not configured, run 'import webrepl_setup'")
            return
    else:
        chosen = password
    if len(chosen) > 9:
        raise ValueError
    # As in webrepl.py: set while it listens. Before the first start or stop by a program nothing is said about it.
    listen_s, client_s = port, None
    _tell.write("begin=%s\n" % chosen.encode().hex())
    print("WebREPL server started on http://127.0.0.1:%d/" % port)
    print("Started webrepl in normal mode" if password is None else "Started webrepl in manual override mode")


def stop():
    global listen_s, client_s
    listen_s = client_s = None
    _tell.write("end=\n")
