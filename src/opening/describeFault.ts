import { type ErrorCode, OccuscopeError } from '../errors/catalogue.ts';

/** What an error box shows. */
export interface Fault {
  readonly sentence: string;
  readonly nextStep: string;
  readonly detail: string | null;
  readonly code?: ErrorCode;
}

/** An error in the words of the catalogue; one that is not of it keeps its own. */
export function describeFault(error: unknown): Fault {
  if (error instanceof OccuscopeError) {
    const { sentence, nextStep, detail, code } = error;
    return { sentence, nextStep, detail, code };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { sentence: 'It could not be opened.', nextStep: 'What was open before still is.', detail };
}
