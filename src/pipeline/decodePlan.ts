import type { ClassTable } from '../domain/classes.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { checked, filledList, filledText, matchingText, wholeNumber, z } from '../errors/schema.ts';
import { readAxes, readGroupedAxes, type TensorAxes } from './decodeAxes.ts';
import type { Shape } from './stage.ts';

// @__NO_SIDE_EFFECTS__
function axisLetters(letters: string) {
  return matchingText(new RegExp(`^(?!.*(.).*\\1)[${letters}]+$`), `is not made of distinct letters of "${letters}"`);
}

const factoredKeys = ['occupancy', 'occupancyLayout', 'heightGroups'] as const;

/**
 * Manifest entry of the decode stage: from the network's logits and flow to labels and metres per second.
 * It has two forms. Plain: `logits` rates every class of every voxel, free included.
 * Factored: `occupancy` says which voxels are occupied, and `logits` rates the classes but free once per column and group of heights.
 */
export const decodeSchema = checked(
  z.strictObject({
    kind: z.literal('decode'),
    logits: filledText(),
    /** Axis letters of `logits`, outermost first: a permutation of c, x, y, z, or in the factored form of g, c, x, y. */
    layout: checked(axisLetters('cgxyz'), z.length(4)),
    /** The first logit is a dummy class: label = index - 1. */
    dropFirst: z.boolean(),
    /** Label of empty space; it never carries flow. */
    free: wholeNumber(0, 254),
    /** Factored form: one logit per voxel, occupied where it is positive. */
    occupancy: z.optional(filledText()),
    /** Axis letters of `occupancy`, outermost first: a permutation of x, y, z. */
    occupancyLayout: z.optional(checked(axisLetters('xyz'), z.length(3))),
    /** The group of `logits` that serves each height, lowest height first. */
    heightGroups: z.optional(filledList(wholeNumber(0))),
    /** Factored form: a voxel whose strongest class is c is occupied where its logit is above `occupiedAbove[c]`; absent = all 0. */
    occupiedAbove: z.optional(filledList(z.number())),
    flow: z.optional(filledText()),
    /** Axis letters of `flow`; a missing grid axis means that one vector serves all cells along it. */
    flowLayout: z.optional(axisLetters('cxyz')),
    flowOrder: z.optional(z.enum(['xy', 'yx'])),
    /** Factor from the network's unit to metres per second. */
    flowScale: z.optional(z.number()),
    /** What moves more slowly, in metres per second, is said to stand still; absent = 0. */
    flowSlowest: z.optional(checked(z.number(), z.gte(0))),
    /** Labels that may carry flow; absent = all but free. */
    flowClasses: z.optional(z.array(wholeNumber(0, 254))),
  }),
  z.superRefine((entry, { addIssue }) => {
    const missing = factoredKeys.filter((key) => entry[key] === undefined);
    if (missing.length === 0 || missing.length === factoredKeys.length) return;
    for (const key of missing) {
      const message = `is missing; ${factoredKeys.join(', ')} come together or not at all`;
      addIssue({ code: 'custom', path: [key], message });
    }
  }),
);

export type DecodeEntry = z.infer<typeof decodeSchema>;

/** Elements between neighbours along each axis of a tensor; 0 where the tensor does not have the axis. */
export interface VoxelStrides {
  readonly channel: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface FlowPlan {
  readonly strides: VoxelStrides;
  /** Tensor channel that holds vx; the other one holds vy. */
  readonly channelOfX: 0 | 1;
  readonly scale: number;
  /** Slower voxels stand still, metres per second. */
  readonly slowest: number;
  /** 1 for each label that may carry flow. */
  readonly carries: Uint8Array;
}

/** The factored form: where a voxel's occupancy lies, and which group of logits serves it. */
export interface OccupancyPlan {
  /** Strides of the occupancy tensor, which has no channels. */
  readonly strides: VoxelStrides;
  /** Elements between neighbouring groups of the logits. */
  readonly groupStride: number;
  readonly groupCount: number;
  /** Group of each height, lowest first. */
  readonly groupOfHeight: Uint32Array;
  /** Above which logit a voxel of each class is occupied; single precision, never negative zero. */
  readonly thresholds: Float32Array;
  /** Label of a voxel that is not occupied. */
  readonly free: number;
}

export interface DecodePlan {
  readonly size: Vector3;
  readonly voxelCount: number;
  readonly labelCount: number;
  /** Labels that have a logit, from 0 on: all, or all but free in the factored form. */
  readonly candidateCount: number;
  /** Index of the logit of label 0. */
  readonly firstLogit: 0 | 1;
  readonly strides: VoxelStrides;
  /** Null in the plain form. */
  readonly occupancy: OccupancyPlan | null;
  /** Three nested loops over the words of four labels, innermost first; innermost follows the main tensor's own order in memory. */
  readonly wordLoops: readonly { readonly count: number; readonly stride: number }[];
  readonly flow: FlowPlan | null;
  /** Bytes of the outputs: four labels to a u32, one u32 of flow to a voxel. */
  readonly labelBytes: number;
  readonly flowBytes: number;
}

/**
 * Plan the decode stage. `shapes` gives the shape of each tensor by name; leading axes of size 1 are ignored.
 * Throws `model-manifest-invalid` where layouts, shapes, grid and classes do not fit together.
 */
export function planDecode(
  entry: DecodeEntry,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  classes: ClassTable = OCC3D_CLASSES,
): DecodePlan {
  if (entry.free !== classes.free) refuse(`free is ${entry.free}; in ${classes.id} it is ${classes.free}`);
  const labelCount = classes.classes.length;
  const voxelCount = grid.size[0] * grid.size[1] * grid.size[2];
  const firstLogit = entry.dropFirst ? 1 : 0;
  const logits =
    entry.occupancy === undefined
      ? planPlain(entry, shapes, grid, classes, firstLogit)
      : planFactored(entry, entry.occupancy, shapes, grid, labelCount, firstLogit);
  return {
    ...logits,
    size: grid.size,
    voxelCount,
    labelCount,
    firstLogit,
    wordLoops: orderWords(grid.size, logits.occupancy?.strides ?? logits.strides),
    flow: planFlow(entry, shapes, grid, labelCount),
    labelBytes: Math.ceil(voxelCount / 4) * 4,
    flowBytes: entry.flow === undefined ? 0 : voxelCount * 4,
  };
}

type LogitsPlan = Pick<DecodePlan, 'candidateCount' | 'strides' | 'occupancy'>;

function planPlain(
  entry: DecodeEntry,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  classes: ClassTable,
  firstLogit: number,
): LogitsPlan {
  if (entry.layout.includes('g')) refuse(`layout "${entry.layout}" has groups of heights, which need occupancy`);
  if (entry.occupiedAbove) refuse('occupiedAbove is given without occupancy');
  const logits = readAxes(entry.logits, entry.layout, shapes, grid);
  const given = logits.sizes.c - firstLogit;
  if (given !== classes.classes.length) {
    refuse(`"${entry.logits}" gives ${given} labels; ${classes.id} has ${classes.classes.length}`);
  }
  return { candidateCount: given, strides: nameStrides(logits), occupancy: null };
}

function planFactored(
  entry: DecodeEntry,
  occupancy: string,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  labelCount: number,
  firstLogit: number,
): LogitsPlan {
  const { occupancyLayout, heightGroups, free, layout, occupiedAbove } = entry;
  if (!occupancyLayout || !heightGroups) refuse(`${factoredKeys.join(', ')} come together or not at all`);
  if (!layout.includes('g') || layout.includes('z')) {
    refuse(`layout "${layout}" is no permutation of "gcyx", which logits beside occupancy need`);
  }
  if (free !== labelCount - 1) refuse(`free is ${free}; beside occupancy it must be the last label, ${labelCount - 1}`);
  if (heightGroups.length !== grid.size[2]) {
    refuse(`heightGroups has ${heightGroups.length} entries; the grid has ${grid.size[2]} cells along z`);
  }
  const candidateCount = labelCount - 1;
  if (occupiedAbove && occupiedAbove.length !== candidateCount) {
    refuse(`occupiedAbove has ${occupiedAbove.length} entries; there are ${candidateCount} classes beside free`);
  }
  const logits = readGroupedAxes(entry.logits, layout, shapes, grid, candidateCount + firstLogit);
  const unknown = heightGroups.find((group) => group >= logits.sizes.g);
  if (unknown !== undefined) refuse(`heightGroups names group ${unknown}; "${entry.logits}" has ${logits.sizes.g}`);
  return {
    candidateCount,
    strides: nameStrides(logits),
    occupancy: {
      strides: nameStrides(readAxes(occupancy, occupancyLayout, shapes, grid)),
      groupStride: logits.strides.g,
      groupCount: logits.sizes.g,
      groupOfHeight: Uint32Array.from(heightGroups),
      // Adding zero turns negative zero into zero.
      thresholds: new Float32Array(candidateCount).map((_, label) => (occupiedAbove?.[label] ?? 0) + 0),
      free,
    },
  };
}

function planFlow(
  entry: DecodeEntry,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  labelCount: number,
): FlowPlan | null {
  if (entry.flow === undefined) {
    const orphan = (['flowLayout', 'flowOrder', 'flowScale', 'flowSlowest', 'flowClasses'] as const).find(
      (key) => entry[key] !== undefined,
    );
    if (orphan) refuse(`${orphan} is given without flow`);
    return null;
  }
  if (!entry.flowLayout) refuse('flow needs flowLayout');
  const axes = readAxes(entry.flow, entry.flowLayout, shapes, grid);
  if (axes.sizes.c !== 2) refuse(`"${entry.flow}" has ${axes.sizes.c} channels; flow has 2`);
  const carries = new Uint8Array(labelCount);
  if (entry.flowClasses) {
    for (const label of entry.flowClasses) {
      if (label >= labelCount) refuse(`flowClasses names label ${label}; there are ${labelCount}`);
      carries[label] = 1;
    }
  } else carries.fill(1);
  carries[entry.free] = 0;
  const channelOfX = entry.flowOrder === 'yx' ? 1 : 0;
  return {
    strides: nameStrides(axes),
    channelOfX,
    scale: entry.flowScale ?? 1,
    slowest: entry.flowSlowest ?? 0,
    carries,
  };
}

function nameStrides({ strides }: TensorAxes): VoxelStrides {
  return { channel: strides.c, x: strides.x, y: strides.y, z: strides.z };
}

/**
 * Order in which invocations take the output words, so that neighbours read neighbouring elements of the tensor with these strides.
 * Words that would straddle two columns (size z no multiple of four) are taken in output order.
 */
function orderWords([sizeX, sizeY, sizeZ]: Vector3, strides: VoxelStrides): { count: number; stride: number }[] {
  const one = { count: 1, stride: 0 };
  if (sizeZ % 4 !== 0) return [{ count: Math.ceil((sizeX * sizeY * sizeZ) / 4), stride: 1 }, one, one];
  const loops = [
    { count: sizeX, stride: (sizeY * sizeZ) / 4, memory: strides.x },
    { count: sizeY, stride: sizeZ / 4, memory: strides.y },
    { count: sizeZ / 4, stride: 1, memory: strides.z },
  ];
  return loops.sort((a, b) => a.memory - b.memory).map(({ count, stride }) => ({ count, stride }));
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `${fault}.` });
}
