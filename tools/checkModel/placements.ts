/** Where ONNX Runtime put the nodes of one part. */
export interface PartPlacement {
  readonly file: string;
  /** Number of nodes after graph optimisation, by execution provider. */
  readonly counts: ReadonlyMap<string, number>;
  /** Operators on the CPU, with node names where ORT gives them. */
  readonly cpuNodes: readonly string[];
}

const placed =
  /\[V:onnxruntime:[^\]]*VerifyEachNodeIsAssignedToAnEp\]\s+(?:All nodes|Node\(s\)) placed on \[(\w+)\]\. Number of nodes: (\d+)/;
const listed = /\[V:onnxruntime:[^\]]*VerifyEachNodeIsAssignedToAnEp\]\s+(\w+ \(.*\))\s*$/;

/**
 * Read node placements out of ORT's verbose log, in which a line `part:<file>` precedes each session.
 * Throws when a part has no placement lines: the log's wording has changed, and silence must not pass for good news.
 */
export function readPlacements(lines: readonly string[], parts: readonly string[]): PartPlacement[] {
  return parts.map((file) => {
    const start = lines.indexOf(`part:${file}`);
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => line.startsWith('part:'));
    const placement = readPart(file, end < 0 ? rest : rest.slice(0, end));
    if (start < 0 || placement.counts.size === 0) {
      throw new Error(`ONNX Runtime's log says nothing about the nodes of ${file}: has its wording changed?`);
    }
    return placement;
  });
}

function readPart(file: string, lines: readonly string[]): PartPlacement {
  const counts = new Map<string, number>();
  const cpuNodes: string[] = [];
  let provider = '';
  for (const line of lines) {
    const group = placed.exec(line);
    if (group) {
      provider = group[1]!;
      counts.set(provider, Number(group[2]));
    }
    const node = listed.exec(line);
    if (node && provider === 'CPUExecutionProvider') cpuNodes.push(node[1]!);
  }
  return { file, counts, cpuNodes };
}
