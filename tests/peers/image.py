"""littlefs-python on flash images: `image.py read IMAGE FOLDER` copies the modules out, `write IMAGE FILE...` makes one."""

import hashlib
import sys
from pathlib import Path

from littlefs import LittleFS, UserContext

BLOCK = 4096


def mount(context: UserContext, size: int) -> LittleFS:
    return LittleFS(
        context=context, mount=False, block_size=BLOCK, block_count=size // BLOCK, disk_version=0x00020000
    )


def read(image: Path, folder: Path) -> None:
    data = image.read_bytes()
    context = UserContext(len(data))
    context.buffer = bytearray(data)
    fs = mount(context, len(data))
    fs.mount()
    names = [name for name in fs.listdir("/") if not name.startswith(".")]
    for name in names:
        with fs.open(f"/{name}", "rb") as file:
            module = file.read()
        record = fs.getattr(f"/{name}", "h")
        assert int.from_bytes(record[:4], "little") == len(module), name
        assert record[4:] == hashlib.sha256(module).digest(), name
        (folder / f"{name}.back").write_bytes(module)
    print(f"read {len(names)} modules")


def write(image: Path, files: list[Path]) -> None:
    size = 1 << 20
    context = UserContext(size)
    fs = mount(context, size)
    fs.format()
    fs.mount()
    for path in files:
        with fs.open(f"/{path.stem}", "wb") as file:
            file.write(path.read_bytes())
    fs.unmount()
    image.write_bytes(bytes(context.buffer))
    print(f"wrote {len(files)} modules")


command, image, *rest = sys.argv[1:]
if command == "read":
    read(Path(image), Path(rest[0]))
else:
    write(Path(image), [Path(path) for path in rest])
