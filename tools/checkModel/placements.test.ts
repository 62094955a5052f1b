import { expect, test } from 'vitest';
import { readPlacements } from './placements.ts';

const line = (text: string) =>
  `2026-01-01 10:28:04.34 [V:onnxruntime:, session_state.cc:1383 VerifyEachNodeIsAssignedToAnEp] ${text}`;

const log = [
  'part:encoder.onnx',
  line('Node placements'),
  line(' Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 3'),
  line('  Conv (Conv_0)'),
  line('  MemcpyToHost (Memcpy_token_8)'),
  line('  MemcpyFromHost (Memcpy)'),
  line(' Node(s) placed on [CPUExecutionProvider]. Number of nodes: 2'),
  line('  Hardmax (Hardmax_1)'),
  line('  Shrink (Shrink_3)'),
  'part:head.onnx',
  line(' All nodes placed on [WebGpuExecutionProvider]. Number of nodes: 10'),
];

test('nodes on the CPU are told apart and named', () => {
  const [encoder, head] = readPlacements(log, ['encoder.onnx', 'head.onnx']);
  expect(encoder!.cpuNodes).toEqual(['Hardmax (Hardmax_1)', 'Shrink (Shrink_3)']);
  expect(encoder!.counts.get('CPUExecutionProvider')).toBe(2);
  expect(head!.cpuNodes).toEqual([]);
  expect(head!.counts.get('WebGpuExecutionProvider')).toBe(10);
});

test('a log without placements is an error, not good news', () => {
  expect(() => readPlacements(log.slice(0, 1), ['encoder.onnx'])).toThrow(
    /says nothing about the nodes of encoder\.onnx/,
  );
  expect(() => readPlacements(log, ['tail.onnx'])).toThrow(/tail\.onnx/);
});
