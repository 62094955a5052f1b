"""Writes the files of this corpus that numpy makes: run it here, with numpy, when a new kind of array is to be read."""

import io
import zipfile
from pathlib import Path

import numpy as np

here = Path(__file__).parent


def npy(array, version=None, **kwargs):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asanyarray(array), version=version, **kwargs)
    return buffer.getvalue()


def save(folder, name, data):
    (here / folder).mkdir(exist_ok=True)
    (here / folder / name).write_bytes(data)


labels = (np.arange(60).reshape(4, 5, 3) % 18).astype(np.uint8)
good = {
    "uint8": npy(labels),
    "version-2": npy(labels, (2, 0)),
    "version-3": npy(labels, (3, 0)),
    "fortran": npy(np.asfortranarray(labels)),
    "big-endian": npy(labels.astype(">i4")),
    "int64": npy(labels.astype(np.int64)),
    "bool": npy(labels > 4),
    "float16": npy(labels.astype(np.float16)),
    "float64": npy(labels.astype(np.float64)),
    "scalar": npy(np.float32(3)),
    "empty": npy(np.zeros((0, 4), np.int32)),
    "logits": npy(np.random.default_rng(1).normal(size=(3, 2, 2, 18)).astype(np.float32)),
}
bad = {
    "object": npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
    "text": npy(np.array("3e8750f331d7499e9b5123e9eb70f2e2")),
    "structured": npy(np.zeros(2, dtype=[("x", "<f4"), ("y", "<f4")])),
    "complex": npy(np.zeros(2, dtype=np.complex64)),
    "wide": npy(np.array([2**62], dtype=np.int64)),
    "truncated": npy(labels)[:-7],
    "no-header": npy(labels)[:40],
    "huge-shape": npy(labels).replace(b"(4, 5, 3)", b"(4, 5, 3000000000)".ljust(9))[: len(npy(labels))],
    "not-npy": b"<!doctype html>",
    "nothing": b"",
}
for name, data in good.items():
    save("npy", f"good-{name}.npy", data)
for name, data in bad.items():
    save("npy", f"bad-{name}.npy", data)


def npz(members, compress=True):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=archive.compression)
    return buffer.getvalue()


deflated = npz({"semantics.npy": npy(labels), "mask_camera.npy": npy(labels > 3)})
bomb = npz({"semantics.npy": npy(np.zeros((400, 400, 4), np.uint8))})
save("npz", "good-deflated.npz", deflated)
save("npz", "good-stored.npz", npz({"semantics.npy": npy(labels)}, False))
save("npz", "good-empty.npz", npz({}))
save("npz", "bad-truncated.npz", deflated[: len(deflated) // 2])
save("npz", "bad-checksum.npz", npz({"semantics.npy": npy(labels)}, False).replace(bytes(labels.reshape(-1)[:8]), b"\0" * 8))
# Claims 4 GiB, and 10 bytes, where 640,128 are packed.
at = bomb.rindex(b"PK\x01\x02") + 24
save("npz", "bad-claims-too-much.npz", bomb[:at] + b"\xff\xff\xff\xfe" + bomb[at + 4 :])
save("npz", "bad-claims-more.npz", bomb[:at] + (100_000_000).to_bytes(4, "little") + bomb[at + 4 :])
save("npz", "bad-claims-too-little.npz", bomb[:at] + b"\x0a\0\0\0" + bomb[at + 4 :])
save("npz", "good-path-trick.npz", npz({"../../evil.npy": npy(labels)}))
save("npz", "bad-not-zip.npz", b"\x1f\x8b\x08\0gzip, not zip")

flow = np.zeros((4, 5, 3, 2), np.float16)
flow[1, 1, 1] = 2
save("stored", "good-stcocc.npz", npz({"semantics.npy": npy((labels % 17)), "flow.npy": npy(flow)}))
save("stored", "good-occstudio.npz", npz({"arr_0.npy": npy(labels)}))
save("stored", "good-flashocc.npz", npz({
    "pred.npy": npy(labels.astype(np.int64)), "sample_token.npy": npy(np.array("3e87")), "gt.npy": bad["object"],
}))
save("stored", "good-occ-flow.npz", npz({"occ.npy": npy(labels > 8), "flow.npy": npy(flow.astype(np.float32))}))
full = np.full((200, 200, 16), 17, np.uint8)
full[100:110, 90:95, 2] = 4
save("stored", "good-occ3d.npz", npz({"semantics.npy": npy(full), "mask_camera.npy": npy(full != 17)}))
save("stored", "bad-only-pickles.npz", npz({"gt.npy": bad["object"]}))
save("stored", "bad-no-volume.npz", npz({"loss.npy": npy(np.zeros(3, np.float32))}))
save("stored", "bad-value.npz", npz({"semantics.npy": npy(np.where(labels == 4, 99, labels))}))

save("rows", "good-rows.npy", npy(np.array([[1, 2, 3, 4], [15, 7, 9, 16]], np.int32)))
save("rows", "good-float.npy", npy(np.array([[1, 2, 3, 4], [15, 7, 9, 0]], np.float64)))
save("rows", "bad-outside.npy", npy(np.array([[1, 2, 3, 4], [512, 7, 9, 16]], np.int32)))
save("rows", "bad-fraction.npy", npy(np.array([[1, 2.5, 3, 4]], np.float64)))
save("rows", "bad-flat.npy", npy(np.array([[30, 4], [40_000, 9]], np.int64)))
