# Moves a tree between a folder and a flash image, away from the board. Arguments: pack or unpack, image, blocks, folder.
import os
import sys
import vfs

here = __file__.rsplit("/", 1)[0]
sys.path[:] = [here]
import _flash


def copy(source, target):
    for name, kind, *_ in os.ilistdir(source):
        a, b = source + "/" + name, target + "/" + name
        if kind == 0x4000:
            try:
                os.mkdir(b)
            except OSError:
                pass
            copy(a, b)
        else:
            with open(a, "rb") as f, open(b, "wb") as g:
                part = f.read(4096)
                while part:
                    g.write(part)
                    part = f.read(4096)


way, image, blocks, folder = sys.argv[1:]
posix = vfs.VfsPosix("")
device = _flash.Flash(posix, image, int(blocks))
if way == "pack":
    vfs.VfsLfs2.mkfs(device)
vfs.mount(vfs.VfsLfs2(device), "/flash")
vfs.mount(vfs.VfsPosix(folder), "/folder")
copy("/folder", "/flash") if way == "pack" else copy("/flash", "/folder")
vfs.umount("/flash")
