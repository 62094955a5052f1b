import { expect, test } from './pages/occuscopePage.ts';

// The shipped network in the real page, on the drive that opens by itself: WebGPU and the CPU path must say the same.

test('the small network sees the same on WebGPU and on the CPU, memory included', async ({ occuscope }) => {
  // A software adapter takes seven minutes to compile and run it: nearly as long as all the other tests here together.
  test.skip(!process.env['OCCUSCOPE_COMPARE'], 'set OCCUSCOPE_COMPARE=1 to compare the backends on the small network');
  test.setTimeout(1_200_000);
  const query = 'clip=park-corner&model=street-small';
  const predict = async (backend: 'webgpu' | 'cpu') => {
    await occuscope.openReady(`${query}&backend=${backend}`);
    await occuscope.seek(1);
    const report = await occuscope.report();
    expect(report.backend).toBe(backend);
    expect(report.memory.frames).toBe(2);
    return { labels: await occuscope.readLabels(), flow: (await occuscope.readFlow())! };
  };
  const cpu = await predict('cpu');
  const gpu = await predict('webgpu');

  const differing = cpu.labels.filter((label, voxel) => label !== gpu.labels[voxel]).length;
  expect(differing / cpu.labels.length, 'share of voxels with another label').toBeLessThan(0.001);
  expect(new Set(cpu.labels).size, 'classes found, free among them').toBeGreaterThan(5);
  // Half precision on the GPU; a voxel whose label differs may have flow on one side only.
  const apart = cpu.flow.filter((value, index) => Math.abs(value - gpu.flow[index]!) > 0.05).length;
  expect(apart / cpu.flow.length, 'share of flow components that differ').toBeLessThan(0.001);
  expect(
    cpu.flow.some((value) => Math.abs(value) > 0.5),
    'something moves',
  ).toBe(true);
});
