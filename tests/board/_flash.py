# A flash chip in a file: what VfsLfs2 calls a block device. The methods are straight-line code on purpose: the interpreter takes an
# interrupt at a jump, so none can tear an operation of the file system, as on a board whose flash driver is C.
BLOCK = 4096


class Flash:
    def __init__(self, posix, path, blocks):
        self.file = posix.open(path, "r+b")
        self.answers = (None, 0, 0, 0, blocks, BLOCK, 0)

    def readblocks(self, block, data, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.readinto(data)

    def writeblocks(self, block, data, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.write(data)

    def ioctl(self, op, _):
        return self.answers[op]
