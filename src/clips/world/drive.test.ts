import { describe, expect, it } from 'vitest';
import { multiplyMatrix4 } from '../../geometry/rigid.ts';
import { createDrive } from './drive.ts';
import { TruthMaker } from './truth/truth.ts';

function fingerprint(values: ArrayLike<number>): number {
  let hash = 17;
  for (let i = 0; i < values.length; i++) hash = (Math.imul(hash, 31) + Math.round(values[i]! * 1000)) | 0;
  return hash;
}

describe('createDrive', () => {
  const drive = createDrive({ seed: 3, keyFrames: 3, jitter: true });

  it('is the same for the same seed and another for another', () => {
    const again = createDrive({ seed: 3, keyFrames: 3, jitter: true });
    const other = createDrive({ seed: 4, keyFrames: 3, jitter: true });
    const describeWorld = (d: typeof drive) => {
      const instant = d.instantAt(1);
      return [
        ...instant.statics.map((chunk) => fingerprint(chunk.mesh.positions)),
        ...instant.actors.map((actor) => fingerprint(actor.worldFromMesh)),
        ...d.keyFrames.flatMap((frame) => frame.cameras.map((camera) => fingerprint(camera.egoFromCamera))),
      ];
    };
    expect(describeWorld(again)).toEqual(describeWorld(drive));
    expect(describeWorld(other)).not.toEqual(describeWorld(drive));
  });

  it('puts the ego motion between camera and key frame into egoFromCamera', () => {
    for (const frame of drive.keyFrames) {
      for (const camera of frame.cameras) {
        expect(camera.timestampMicroseconds).toBeLessThanOrEqual(frame.timestampMicroseconds);
        const there = multiplyMatrix4(frame.worldFromEgo, camera.egoFromCamera);
        for (let i = 0; i < 16; i++) expect(there[i]).toBeCloseTo(camera.worldFromCamera[i]!, 6);
      }
    }
  });

  it('has road under the ego and truth that only ever shows known labels', () => {
    const truth = new TruthMaker(drive).make(drive.keyFrames[1]!);
    expect(truth.labels[(105 * 200 + 100) * 16 + 2]).toBe(11);
    let visible = 0;
    let occupied = 0;
    let unknown = 0;
    for (let index = 0; index < truth.labels.length; index++) {
      visible += truth.cameraMask[index]!;
      if (truth.labels[index]! < 17) occupied++;
      if (truth.labels[index]! > 17) unknown++;
    }
    expect(visible).toBeGreaterThan(20000);
    expect(unknown).toBe(0);
    expect(occupied).toBeGreaterThan(20000);
  });

  it('moves things as fast as their velocity says', () => {
    const [before, after] = [drive.instantAt(1), drive.instantAt(1.05)];
    const later = new Map(after.actors.map((actor) => [actor.instance, actor]));
    let moving = 0;
    for (const actor of before.actors) {
      const next = later.get(actor.instance);
      const speed = Math.hypot(actor.velocity[0], actor.velocity[1]);
      if (!next || speed < 1) continue;
      moving++;
      const step = Math.hypot(
        next.worldFromMesh[3]! - actor.worldFromMesh[3]!,
        next.worldFromMesh[7]! - actor.worldFromMesh[7]!,
      );
      expect(Math.abs(step / 0.05 - speed)).toBeLessThan(0.6);
    }
    expect(moving).toBeGreaterThan(5);
  });
});
