"""RayIoU of one sample, straightforwardly in numpy: all rays step together. For comparison only; nothing depends on it.

Usage: python3 bench/metrics/rayIouNumpy.py FILE.npz SAMPLE
FILE has gt_i, pred_i [200,200,16], lidar_origins_i [T,3] and rays [R,3]. Prints JSON: milliseconds of each run, and counts.
"""

import json
import sys
import time

import numpy as np

LOWER = np.array([-40.0, -40.0, -1.0])
VOXEL = np.float64(np.float32(0.4))
FREE, CLASSES = 17, 18


def cast(labels, origin, rays):
    """Label and distance (m) of every ray: exit distance of the first occupied voxel, or of the last one in the grid."""
    size = np.array(labels.shape)
    start = ((origin - LOWER) / VOXEL).astype(np.float32).astype(np.float64)
    ends = ((rays + origin - LOWER) / VOXEL).astype(np.float32).astype(np.float64)
    direction = ends - start
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    step = np.where(direction >= 0, 1, -1)
    cell = np.tile(np.trunc(start).astype(np.int64), (len(rays), 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        following = np.where(direction != 0, (cell + (step > 0) - start) / direction, np.inf)
        delta = np.where(direction != 0, step / direction, np.inf)
    found = np.full(len(rays), FREE)
    distance = np.zeros(len(rays))
    walking = np.arange(len(rays))
    while len(walking):
        here = cell[walking]
        inside = np.all((here >= 0) & (here < size), axis=1)
        walking, here = walking[inside], here[inside]
        x, y, z = following[walking].T
        axis = np.where(x < y, np.where(x < z, 0, 2), np.where(y < z, 1, 2))
        distance[walking] = following[walking, axis]
        cell[walking, axis] += step[walking, axis]
        following[walking, axis] += delta[walking, axis]
        label = labels[here[:, 0], here[:, 1], here[:, 2]]
        found[walking] = label
        walking = walking[label == FREE]
    return found, distance.astype(np.float32) * np.float32(0.4)


def count(truth, prediction, origins, rays):
    hits = np.zeros((3, CLASSES), int)
    true_count, predicted_count = np.zeros(CLASSES, int), np.zeros(CLASSES, int)
    for origin in origins.astype(np.float64):
        true_label, true_distance = cast(truth, origin, rays)
        label, distance = cast(prediction, origin, rays)
        kept = true_label != FREE
        true_count += np.bincount(true_label[kept], minlength=CLASSES)
        predicted_count += np.bincount(label[kept], minlength=CLASSES)
        for index, threshold in enumerate((1, 2, 4)):
            near = kept & (label == true_label) & (np.abs(distance - true_distance) < threshold)
            hits[index] += np.bincount(label[near], minlength=CLASSES)
    return {"truth": true_count.tolist(), "prediction": predicted_count.tolist(), "hits": hits.tolist()}


def main(file, sample):
    arrays = np.load(file)
    rays = arrays["rays"].astype(np.float64)
    volumes = [arrays[f"{name}_{sample}"] for name in ("gt", "pred", "lidar_origins")]
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        counts = count(*volumes, rays)
        times.append((time.perf_counter() - begin) * 1000)
    print(json.dumps({"milliseconds": times, "counts": counts}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
