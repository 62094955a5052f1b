import type { FileTree } from '../domain/fileTree.ts';
import { modelOpener } from './modelOpener.ts';
import type { Opener } from './opener.ts';

/** Every kind of thing that can be opened. Their panels are downloaded when one is chosen. */
async function loadOpeners(): Promise<Opener[]> {
  const [nuscenes, packaged, sequence, stored] = await Promise.all([
    import('../clips/nuscenes/opener.ts'),
    import('../clips/packaged/opener.ts'),
    import('../clips/sequence/opener.ts'),
    import('../stored/opener.ts'),
  ]);
  return [nuscenes.nuscenesOpener, packaged.packagedOpener, sequence.sequenceOpener, stored.storedOpener, modelOpener];
}

/** An opener and how sure it is. */
export interface Fit {
  readonly opener: Opener;
  /** In (0, 1]. */
  readonly score: number;
}

/** A fit that is ahead of the next by this much is taken without asking. */
const clearLead = 0.3;

/** Which openers fit, the surest first; one that fails at looking does not fit. Where none fits, throws what the first of those met. */
export async function findFits(tree: FileTree, openers: Promise<readonly Opener[]> = loadOpeners()): Promise<Fit[]> {
  const known = await openers;
  const looks = await Promise.allSettled(known.map((opener) => opener.recognise(tree)));
  const fits = looks.flatMap((look, place) =>
    look.status === 'fulfilled' && look.value > 0 ? [{ opener: known[place]!, score: look.value }] : [],
  );
  // What could not be read may be anything: that it fits nothing would be the wrong thing to say.
  const failed = looks.find((look) => look.status === 'rejected');
  if (fits.length === 0 && failed) throw failed.reason;
  return fits.sort((a, b) => b.score - a.score);
}

/** The one opener that clearly fits, or null where a person has to choose. */
export function chooseFit(fits: readonly Fit[]): Opener | null {
  const [first, second] = fits;
  return first && (!second || first.score - second.score >= clearLead) ? first.opener : null;
}
