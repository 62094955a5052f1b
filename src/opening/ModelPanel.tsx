import type { OpenerPanelProps } from './opener.ts';
import { WorkPanel } from './WorkPanel.tsx';

/** Checks the package and switches to it. */
export function ModelPanel({ tree, addModel, close }: OpenerPanelProps) {
  return (
    <WorkPanel
      title={`Checking and opening the model package ${tree.name}`}
      work={async () => {
        await addModel((path) => tree.readFile(path));
        close();
      }}
    />
  );
}
