# What a port's main.c does before the first prompt: mount the file system, run boot.py, then main.py unless the REPL is in raw mode.
# Arguments: event descriptor, flash image or folder, blocks (0: a folder), raw (0 or 1), unique id, pipes of the network ("":
# none), name of the port ("": its own).


def start(run, report):
    import micropython, sys, vfs

    # Our own start-up is no program: Ctrl-C may not stop it.
    micropython.kbd_intr(-1)
    here = __file__.rsplit("/", 1)[0]
    events, root, blocks, raw, unique, pipes, port = sys.argv[1:]
    posix = vfs.VfsPosix("")
    tell = posix.open("/dev/fd/" + events, "wb")
    sys.path[:] = [here]
    import _machine

    sys.modules["machine"] = _machine
    _machine._set_up(tell, unique)
    del sys.modules["_machine"]
    if pipes:
        import _net

        sys.modules["webrepl"] = _net._set_up(posix, tell, pipes)
        del sys.modules["_net"]
    if port:
        import _machine

        sys.modules["sys"] = _machine._Port(port)
        del sys.modules["_machine"]
    volume = vfs.VfsPosix(root)
    if int(blocks):
        import _flash

        del sys.modules["_flash"]
        volume = vfs.VfsLfs2(_flash.Flash(posix, root, int(blocks)))
    vfs.umount("/")
    vfs.mount(volume, "/")
    import os

    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    for name in ("__file__", "start", "run", "report"):
        globals().pop(name, None)
    try:
        tell.write(b"up\n")
        micropython.kbd_intr(3)
        run("boot.py", report)
        if raw == "0":
            run("main.py", report)
    except KeyboardInterrupt as e:
        report(e)
    tell.write(b"prompt\n")


def run(name, report, g=globals()):
    try:
        with open(name) as f:
            source = f.read()
    except OSError:
        return
    try:
        exec(compile(source, name, "exec"), g)
    except SystemExit:
        pass
    except BaseException as e:
        report(e)


def report(e):
    # A board's traceback starts with the program; these frames are ours.
    import io, sys

    text = io.StringIO()
    sys.print_exception(e, text)
    for line in text.getvalue().split("\n")[:-1]:
        if "firmware.py" not in line:
            print(line)


start(run, report)
