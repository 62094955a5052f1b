import type { OpenerPanelProps } from '../../../opening/opener.ts';
import { WorkPanel } from '../../../opening/WorkPanel.tsx';
import { filesOfTree, openPackagedClip } from '../openPackagedClip.ts';

/** Reads the description and shows the clip. */
export function PackagedPanel({ tree, openClip, close }: OpenerPanelProps) {
  return (
    <WorkPanel
      title={`Opening the clip ${tree.name}`}
      work={async () => {
        await openClip(await openPackagedClip(filesOfTree(tree)));
        close();
      }}
    />
  );
}
