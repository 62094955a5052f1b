import { useEffect, useState } from 'react';
import { ErrorBox } from '../ui/ErrorBox.tsx';
import { Progress } from '../ui/Progress.tsx';
import { describeFault, type Fault } from './describeFault.ts';

interface WorkPanelProps {
  readonly title: string;
  /** Done once; what it throws is shown. */
  readonly work: () => Promise<void>;
}

/** Opens something that leaves nothing to choose. */
export function WorkPanel({ title, work }: WorkPanelProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for what was handed over first.
  useEffect(() => {
    work().catch((error: unknown) => setFault(describeFault(error)));
  }, []);
  if (fault) return <ErrorBox {...fault} />;
  return (
    <div className="opening__work" role="status">
      <p>{title}</p>
      <Progress label={title} fraction={null} />
    </div>
  );
}
