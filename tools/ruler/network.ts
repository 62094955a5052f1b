import { type OnnxNode, type OnnxTensor, writeOnnx } from '../onnx/writeOnnx.ts';
import { evidenceOf, flowWeights, ruler } from './layout.ts';

const cameraCount = 6;
const [sizeX, sizeY, sizeZ] = ruler.grid.size;
const bins = ruler.depths.length;
const channels = ruler.evidenceChannels;
const { width: featureWidth, height: featureHeight } = ruler.features;

/** The preprocessed red channel is the depth bin (-1 = nothing), the green one the label. */
export const imageNormalisation = { mean: [8, 0, 0], std: [8, 8, 8], scale: 1 } as const;

/**
 * Images -> depth [N, bins, h, w] and context [N, h, w, channels].
 * A one-hot of an integer is a sum of ramps: hat_k(x) = relu(x-k+1) - 2 relu(x-k) + relu(x-k-1), by two 1x1 convolutions.
 */
export function writeEncoder(): Uint8Array {
  const depth = buildOneHot('depth', 'depth', 0, bins, () => 1);
  const context = buildOneHot('context', 'context_nchw', 1, channels, evidenceOf);
  const transpose: OnnxNode = {
    operator: 'Transpose',
    inputs: ['context_nchw'],
    outputs: ['context'],
    attributes: { perm: [0, 2, 3, 1] },
  };
  return writeOnnx({
    name: 'ruler encoder',
    producer: 'occuscope ruler',
    inputs: [{ name: 'images', shape: [cameraCount, 3, ruler.network.height, ruler.network.width] }],
    outputs: [
      { name: 'depth', shape: [cameraCount, bins, featureHeight, featureWidth] },
      { name: 'context', shape: [cameraCount, featureHeight, featureWidth, channels] },
    ],
    constants: [...depth.constants, ...context.constants],
    nodes: [...depth.nodes, ...context.nodes, transpose],
  });
}

function buildOneHot(
  name: string,
  output: string,
  imageChannel: number,
  count: number,
  heightOf: (index: number) => number,
): { constants: OnnxTensor[]; nodes: OnnxNode[] } {
  const ramps = count + 2;
  const select = new Float32Array(ramps * 3);
  const offset = new Float32Array(ramps);
  for (let ramp = 0; ramp < ramps; ramp += 1) {
    select[ramp * 3 + imageChannel] = 1;
    offset[ramp] = 1 - ramp;
  }
  const combine = new Float32Array(count * ramps);
  for (let index = 0; index < count; index += 1) {
    combine.set([heightOf(index), -2 * heightOf(index), heightOf(index)], index * ramps + index);
  }
  return {
    constants: [
      { name: `${name}_select`, shape: [ramps, 3, 1, 1], values: select },
      { name: `${name}_offset`, shape: [ramps], values: offset },
      { name: `${name}_combine`, shape: [count, ramps, 1, 1], values: combine },
    ],
    nodes: [
      {
        operator: 'Conv',
        inputs: ['images', `${name}_select`, `${name}_offset`],
        outputs: [`${name}_linear`],
        attributes: { kernel_shape: [1, 1], strides: [ruler.stride, ruler.stride] },
      },
      { operator: 'Relu', inputs: [`${name}_linear`], outputs: [`${name}_ramps`] },
      {
        operator: 'Conv',
        inputs: [`${name}_ramps`, `${name}_combine`],
        outputs: [output],
        attributes: { kernel_shape: [1, 1] },
      },
    ],
  };
}

/** Volume and last memory, both [1, channels, Z, Y, X] -> memory, logits [1, 18, Z, Y, X] and flow [1, 2, Z, Y, X] as (y, x). */
export function writeHead(): Uint8Array {
  const volume = [1, channels, sizeZ, sizeY, sizeX];
  const flat = [1, channels, sizeZ * sizeY, sizeX];
  const labels = channels + 1;
  const name = new Float32Array(labels * channels);
  for (let label = 0; label < channels; label += 1) name[label * channels + label] = 1;
  const bias = new Float32Array(labels);
  bias[ruler.free] = ruler.freeEvidence;
  const drift = new Float32Array(2 * channels);
  for (const [row, component] of [0, 1].entries()) {
    drift[row * channels + ruler.carLabel] = flowWeights.car[component]!;
    drift[row * channels + ruler.pedestrianLabel] = flowWeights.pedestrian[component]!;
  }
  return writeOnnx({
    name: 'ruler head',
    producer: 'occuscope ruler',
    inputs: [
      { name: 'volume', shape: volume },
      { name: 'aligned', shape: volume },
    ],
    outputs: [
      { name: 'memory', shape: volume },
      { name: 'logits', shape: [1, labels, sizeZ, sizeY, sizeX] },
      { name: 'flow', shape: [1, 2, sizeZ, sizeY, sizeX] },
    ],
    constants: [
      { name: 'decay', shape: [1], values: Float32Array.of(ruler.decay) },
      shapeConstant('flat_shape', flat),
      shapeConstant('logits_shape', [1, labels, sizeZ, sizeY, sizeX]),
      shapeConstant('flow_shape', [1, 2, sizeZ, sizeY, sizeX]),
      { name: 'name_labels', shape: [labels, channels, 1, 1], values: name },
      { name: 'free_bias', shape: [labels], values: bias },
      { name: 'name_flow', shape: [2, channels, 1, 1], values: drift },
    ],
    nodes: [
      { operator: 'Mul', inputs: ['aligned', 'decay'], outputs: ['faded'] },
      { operator: 'Add', inputs: ['volume', 'faded'], outputs: ['memory'] },
      { operator: 'Reshape', inputs: ['memory', 'flat_shape'], outputs: ['memory_flat'] },
      convolve(['memory_flat', 'name_labels', 'free_bias'], 'logits_flat'),
      { operator: 'Reshape', inputs: ['logits_flat', 'logits_shape'], outputs: ['logits'] },
      convolve(['memory_flat', 'name_flow'], 'flow_flat'),
      { operator: 'Reshape', inputs: ['flow_flat', 'flow_shape'], outputs: ['flow'] },
    ],
  });
}

function convolve(inputs: readonly string[], output: string): OnnxNode {
  return { operator: 'Conv', inputs, outputs: [output], attributes: { kernel_shape: [1, 1] } };
}

function shapeConstant(name: string, shape: readonly number[]): OnnxTensor {
  return { name, shape: [shape.length], values: BigInt64Array.from(shape, BigInt) };
}
