import { existsSync, readdirSync } from 'node:fs';
import { openNodeGpu } from '../support/nodeGpu.ts';
import { describeResult, isWithinTolerance, runGoldens } from './runGoldens.ts';

const usage = `usage: npm run check:goldens -- FOLDER
Runs every golden file (.npz) in FOLDER through our CPU code and our WGSL kernels and prints the error of each array.
Exit code 0: everything within tolerance. 1: an excess, a file that could not be checked, or nothing to check. 2: wrong usage.`;

/** Command line of \`npm run check:goldens\`. */
export async function main(args: readonly string[]): Promise<number> {
  const [folder] = args;
  if (folder === '--help') {
    console.log(usage);
    return 0;
  }
  if (args.length !== 1 || !folder || folder.startsWith('-') || !existsSync(folder)) {
    console.error(folder && !folder.startsWith('-') ? `No folder ${folder}.\n${usage}` : usage);
    return 2;
  }
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.npz'))
    .sort();
  const gpu = await openNodeGpu().catch((error: unknown) => {
    console.log(
      `No WebGPU adapter, only the CPU code is checked: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (process.env.REQUIRE_WEBGPU === '1') throw error;
    return null;
  });
  if (gpu) console.log(`WebGPU adapter: ${gpu.context.adapterName}`);
  let failures = 0;
  let compared = 0;
  const unknownFiles: string[] = [];
  try {
    for (const file of files) {
      const outcome = await runGoldens(folder, file, gpu?.context ?? null);
      if (outcome.kind === 'unknown') {
        unknownFiles.push(file);
        continue;
      }
      console.log(`\n${file}: ${outcome.title}`);
      for (const result of outcome.results) console.log(`  ${describeResult(result)}`);
      if (outcome.unknownArrays.length > 0) console.log(`  not checked: ${outcome.unknownArrays.join(', ')}`);
      if (outcome.error) console.log(`  FAILED  ${outcome.error}`);
      compared += outcome.results.length;
      failures += outcome.results.filter((result) => !isWithinTolerance(result)).length + (outcome.error ? 1 : 0);
    }
  } finally {
    await gpu?.close();
  }
  if (unknownFiles.length > 0) console.log(`\nNo check for these files: ${unknownFiles.join(', ')}`);
  console.log(`\n${compared} comparisons, ${failures} failures, ${unknownFiles.length} files without a check.`);
  return failures > 0 || compared === 0 ? 1 : 0;
}
