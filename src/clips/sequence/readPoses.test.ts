import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { composePose, multiplyMatrix4 } from '../../geometry/rigid.ts';
import { interpolatePose, moveToEgo, type PoseTrack, readQuaternion, slerp } from './poses.ts';
import { readPoses } from './readPoses.ts';

function faultOf(text: string, times: number[] | null = null): string {
  try {
    readPoses(text, 'poses', times);
  } catch (error) {
    expect(error).toBeInstanceOf(OccuscopeError);
    expect((error as OccuscopeError).code).toBe('poses-invalid');
    return (error as OccuscopeError).detail ?? '';
  }
  throw new Error('it was read');
}

/** Heading 90 degrees to the left. */
const left = [Math.SQRT1_2, 0, 0, Math.SQRT1_2] as const;

describe('the four forms say the same', () => {
  const expected = [
    { timeMicroseconds: 1_600_000_000_500_000, rotation: [1, 0, 0, 0], translation: [1, 2, 3] },
    {
      timeMicroseconds: 1_600_000_001_000_000,
      rotation: left.map((value) => expect.closeTo(value, 6)),
      translation: [4, 5, 6],
    },
  ];
  const q = '0.70710678';

  test('JSON with quaternions, matrices, and any unit of time', () => {
    const records = [
      { timestamp: 1_600_000_000.5, rotation: [1, 0, 0, 0], translation: [1, 2, 3] },
      { timestamp: 1_600_000_001, worldFromEgo: [0, -1, 0, 4, 1, 0, 0, 5, 0, 0, 1, 6, 0, 0, 0, 1] },
    ];
    expect(readPoses(JSON.stringify(records), 'poses').poses).toEqual(expected);
    const micro = records.map((record) => ({ ...record, timestamp: record.timestamp * 1e6 }));
    expect(readPoses(JSON.stringify({ poses: micro.reverse() }), 'poses').poses).toEqual(expected);
  });

  test('CSV with a header in any order, EuRoC’s among them', () => {
    const text = `#timestamp [ns], p_RS_R_x [m], p_RS_R_y [m], p_RS_R_z [m], q_RS_w [], q_RS_x [], q_RS_y [], q_RS_z []
1600000000500000000,1,2,3,1,0,0,0
1600000001000000000,4,5,6,${q},0,0,${q}`;
    expect(readPoses(text, 'poses').poses).toEqual(expected);
    const shuffled = `qz,qy,qx,qw,z,y,x,time\n0,0,0,1,3,2,1,1600000000.5\n${q},0,0,${q},6,5,4,1600000001.0\n`;
    expect(readPoses(shuffled, 'poses').poses).toEqual(expected);
  });

  test('TUM, comments skipped', () => {
    const text = `# time tx ty tz qx qy qz qw\n1600000000.5 1 2 3 0 0 0 1\n\n1600000001.0 4 5 6 0 0 ${q} ${q}\n`;
    expect(readPoses(text, 'poses').poses).toEqual(expected);
  });

  test('KITTI takes the times of the images', () => {
    const text = '1 0 0 1 0 1 0 2 0 0 1 3\n0 -1 0 4 1 0 0 5 0 0 1 6\n';
    const track = readPoses(
      text,
      'poses',
      expected.map(({ timeMicroseconds }) => timeMicroseconds),
    );
    expect(track.poses).toEqual(expected);
    expect(faultOf(text)).toMatch(/carry no times/);
    expect(readPoses(text, 'poses', [1, 2, 3]).notes.join(' ')).toMatch(/2 poses for 3 images/);
  });
});

describe('faults are named with their line', () => {
  test.each<[string, string, RegExp]>([
    ['a long quaternion', '1.5 0 0 0 0 0 0 2', /line 1: the rotation is a quaternion of length 2\.00; it must be 1/],
    ['a quaternion of zeros', '1.5 0 0 0 0 0 0 0', /length 0\.00/],
    ['NaN', '1.5 nan 0 0 0 0 0 1', /line 1: “nan” is no number/],
    ['words for a time', 'now 0 0 0 0 0 0 1', /line 1: “now” is no time/],
    ['a short line', '1.5 0 0 0 0 0 0 1\n2.5 0 0', /line 2 has 3 values instead of 8/],
    ['another count', '1 2 3 4 5', /line 1 has 5 values/],
    ['nothing', '\n# only words\n', /holds no pose/],
    ['CSV without a column', 'time,x,y\n1,2,3', /has no column z/],
    ['an empty cell', 'time,x,y,z,qw,qx,qy,qz\n1,2,,3,1,0,0,0', /line 2: “” is no number/],
    ['JSON of another kind', '{"a": 1}', /neither a list of poses/],
    ['JSON with NaN', '[{"timestamp": NaN}]', /NaN or Infinity/],
    ['a record without a rotation', '[{"timestamp": 1, "translation": [0,0,0]}]', /\[0\]/],
    [
      'a mirrored matrix',
      JSON.stringify([{ timestamp: 1, worldFromEgo: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1] }]),
      /mirrors/,
    ],
  ])('%s', (_, text, expected) => {
    expect(faultOf(text)).toMatch(expected);
  });

  test('of poses at one time the first is used, and that is said', () => {
    const track = readPoses('5.0 1 0 0 0 0 0 1\n5.0 2 0 0 0 0 0 1\n6.0 3 0 0 0 0 0 1', 'poses');
    expect(track.poses.map(({ translation }) => translation[0])).toEqual([1, 3]);
    expect(track.notes).toEqual(['poses: 1 pose has the time of another; the first of each is used.']);
  });

  test('whatever the text, poses are read or refused in one sentence', () => {
    const pieces = fc.constantFrom(
      '1.5 ',
      '0 ',
      '1 ',
      ',',
      '\n',
      '#',
      'nan',
      'time,x,y,z,qw,qx,qy,qz\n',
      '1e300 ',
      '-',
      '[',
      '{"timestamp":1}',
      ']',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          expect(readPoses(value, 'poses', [0, 1e6]).poses.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof OccuscopeError)) throw error;
          expect(error.detail).toBeTruthy();
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('interpolation', () => {
  const track: PoseTrack = {
    format: 'test',
    notes: [],
    poses: [
      { timeMicroseconds: 0, rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
      { timeMicroseconds: 500_000, rotation: left, translation: [4, 2, 0] },
      { timeMicroseconds: 5_000_000, rotation: left, translation: [8, 2, 0] },
    ],
  };

  test('half way: half the turn, half the way', () => {
    const middle = interpolatePose(track, 250_000, 600_000)!;
    expect([middle[3], middle[7]]).toEqual([2, 1]);
    expect(Math.atan2(middle[4]!, middle[0]!)).toBeCloseTo(Math.PI / 4, 12);
  });

  test('not across a gap, not outside, but at a pose itself', () => {
    expect(interpolatePose(track, 1_000_000, 600_000)).toBeNull();
    expect(interpolatePose(track, -1, 600_000)).toBeNull();
    expect(interpolatePose(track, 5_000_001, 1e9)).toBeNull();
    expect(interpolatePose(track, 5_000_000, 600_000)![3]).toBe(8);
    expect(interpolatePose({ ...track, poses: [] }, 0, 1)).toBeNull();
  });

  const quaternion = fc
    .tuple(...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true })))
    .filter((q) => Math.hypot(...q) > 0.1)
    .map((q) => q.map((value) => value / Math.hypot(...q)) as [number, number, number, number]);

  test('slerp: unit length, steady speed, q and -q the same, ends exact', () => {
    fc.assert(
      fc.property(quaternion, quaternion, fc.double({ min: 0, max: 1, noNaN: true }), (from, to, share) => {
        const mixed = slerp(from, to, share);
        expect(Math.hypot(...mixed)).toBeCloseTo(1, 9);
        const angle = (a: readonly number[], b: readonly number[]) =>
          2 * Math.acos(Math.min(1, Math.abs(a.reduce((sum, value, i) => sum + value * b[i]!, 0))));
        expect(angle(from, mixed)).toBeCloseTo(share * angle(from, to), 4);
        const flipped = slerp(
          from,
          to.map((value) => -value),
          share,
        );
        expect(Math.abs(flipped.reduce((sum, value, i) => sum + value * mixed[i]!, 0))).toBeCloseTo(1, 9);
      }),
    );
  });

  test('a matrix and its quaternion are one rotation', () => {
    fc.assert(
      fc.property(quaternion, (q) => {
        const back = readQuaternion(composePose({ rotation: q, translation: [1, 2, 3] }));
        expect(Math.abs(back.reduce((sum, value, i) => sum + value * q[i]!, 0))).toBeCloseTo(1, 9);
      }),
    );
  });

  test('poses of a camera tell the ego’s motion: a turn of the camera about itself swings the ego', () => {
    const egoFromCamera = Float64Array.of(0, 0, 1, 2, -1, 0, 0, 0, 0, -1, 0, 1.5, 0, 0, 0, 1);
    // The camera goes 3 m along its own z axis.
    const moved = moveToEgo(
      { format: 'KITTI', notes: [], poses: [{ timeMicroseconds: 0, rotation: [1, 0, 0, 0], translation: [0, 0, 3] }] },
      egoFromCamera,
    );
    expect(moved.poses[0]!.translation).toEqual([expect.closeTo(3, 12), expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    const pose = composePose(moved.poses[0]!);
    expect(multiplyMatrix4(pose, egoFromCamera)[3]).toBeCloseTo(5, 12);
  });
});
