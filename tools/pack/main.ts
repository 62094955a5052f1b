import { parseOptions, usage } from './options.ts';
import { packScene } from './packScene.ts';
import { openTarget } from './target.ts';

/** `npm run pack`. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.length === 0) {
    console.log(usage);
    return args.length === 0 ? 2 : 0;
  }
  try {
    const options = parseOptions(args);
    const { frames, incompleteFrames, framesWithTruth, faults } = await packScene(options, openTarget(options.out));
    for (const fault of faults) console.warn(fault);
    if (incompleteFrames > 0) console.warn(`${incompleteFrames} key frames lack images and were left out.`);
    console.log(`${frames} frames, ${framesWithTruth} of them with truth, are in ${options.out}.`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
