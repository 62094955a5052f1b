import './memory.css';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { MemoryTensor } from '../../domain/memory.ts';
import { usePage, usePageState } from '../../stores/page.tsx';
import type { PredictionId } from '../../stores/paneContent.ts';
import { Button } from '../../ui/Button.tsx';
import { Select } from '../../ui/Select.tsx';
import { type FlatMemory, flattenMemory, locateCell, readAxes } from './flattenMemory.ts';
import { type ColourScale, chooseScale, describeGradient, paintMemory } from './memoryColours.ts';
import { useMemorySnapshot } from './useMemorySnapshot.ts';

/** What a network remembers, from above: the norm or one channel, in colours with their scale. */
export function MemoryPane({ subject }: { readonly subject: PredictionId }) {
  const { session } = usePage();
  const snapshot = useMemorySnapshot(subject);
  const memoryUse = usePageState('model', (state) => state.memoryUse);
  const card = usePageState('model', (state) => state.card);
  const shownFrame = session.predictionOf(subject)?.frameIndex ?? null;
  const [name, setName] = useState<string | null>(null);
  const [channel, setChannel] = useState<number | null>(null);
  const isMain = subject === 'prediction';
  if (isMain && card && !card.hasMemory) return <p className="pane__wait">This network has no memory.</p>;
  if (isMain && memoryUse === 'off') return <p className="pane__wait">The memory is switched off.</p>;
  const tensor = snapshot?.tensors.find((candidate) => candidate.name === name) ?? snapshot?.tensors[0];
  if (!snapshot || !tensor) return <p className="pane__wait">The memory is empty until a frame is predicted.</p>;
  const { channels, layers } = readAxes(tensor);
  const shown = channel !== null && channel < channels ? channel : null;
  return (
    <div className="memory" data-testid="memory" data-frame={snapshot.frameIndex}>
      <MemoryPicture key={tensor.name} tensor={tensor} channel={shown} />
      <div className="memory__tools">
        {snapshot.tensors.length > 1 && (
          <Select
            label="Which memory"
            value={tensor.name}
            options={snapshot.tensors.map(({ name: value }) => ({ value, label: value }))}
            onChange={setName}
          />
        )}
        <Select
          label="Channel of the memory"
          value={shown === null ? '' : String(shown)}
          options={[
            { value: '', label: `Norm of ${channels} channels` },
            ...Array.from({ length: channels }, (_, index) => ({ value: String(index), label: `Channel ${index}` })),
          ]}
          onChange={(value) => setChannel(value === '' ? null : Number(value))}
        />
      </div>
      <p className="memory__words">
        After frame {snapshot.frameIndex + 1}
        {layers > 1 && `, ${layers} layers`}
        {snapshot.frameIndex !== shownFrame && isMain && (
          <>
            , the last one that was run.{' '}
            <Button
              label={`Run up to frame ${(shownFrame ?? 0) + 1} again`}
              look="outline"
              isSmall
              onClick={() => void session.resetMemory().catch(() => undefined)}
            />
          </>
        )}
      </p>
    </div>
  );
}

interface PictureProps {
  readonly tensor: MemoryTensor;
  readonly channel: number | null;
}

function MemoryPicture({ tensor, channel }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<readonly [number, number] | null>(null);
  const flat = useMemo(() => flattenMemory(tensor, channel), [tensor, channel]);
  const scale = useMemo(() => chooseScale(flat, channel !== null), [flat, channel]);
  useEffect(() => {
    canvas.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(paintMemory(flat, scale), flat.width, flat.height), 0, 0);
  }, [flat, scale]);
  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - left) / width) * flat.width);
    const row = Math.floor(((event.clientY - top) / height) * flat.height);
    setCell([clamp(column, flat.width), clamp(row, flat.height)]);
  };
  const step = (event: KeyboardEvent) => {
    const [right, down] =
      { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (right === undefined || down === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const [column, row] = cell ?? [Math.floor(flat.width / 2), Math.floor(flat.height / 2)];
    setCell([clamp(column + right, flat.width), clamp(row + down, flat.height)]);
  };
  return (
    <div className="memory__body">
      <div className="memory__frame" style={{ aspectRatio: flat.width / flat.height }}>
        <canvas
          ref={canvas}
          className="memory__canvas"
          width={flat.width}
          height={flat.height}
          tabIndex={0}
          role="img"
          aria-label={`Memory ${tensor.name} from above, ${describeRange(scale)}; arrow keys read its cells`}
          onPointerMove={point}
          onPointerLeave={() => setCell(null)}
          onKeyDown={step}
        />
        {cell && (
          <span
            className="memory__cell"
            style={{
              left: `${(cell[0] / flat.width) * 100}%`,
              top: `${(cell[1] / flat.height) * 100}%`,
              width: `${100 / flat.width}%`,
              height: `${100 / flat.height}%`,
            }}
          />
        )}
        {tensor.grid && <EgoMark grid={tensor.grid} />}
      </div>
      <Scale scale={scale} />
      <p className="memory__words mono" aria-live="polite" data-testid="memory-cell">
        {cell ? describeCell(tensor, flat, cell) : 'Forward is up.'}
      </p>
    </div>
  );
}

/** Where the vehicle stands and looks. */
function EgoMark({ grid }: { readonly grid: NonNullable<MemoryTensor['grid']> }) {
  const across = (grid.lower[1] + grid.size[1] * grid.voxel[1]) / (grid.size[1] * grid.voxel[1]);
  const down = (grid.lower[0] + grid.size[0] * grid.voxel[0]) / (grid.size[0] * grid.voxel[0]);
  return (
    <svg
      className="memory__ego"
      viewBox="-5 -7 10 14"
      style={{ left: `${across * 100}%`, top: `${down * 100}%` }}
      aria-hidden="true"
    >
      <path d="M0 -6 4 5 0 3 -4 5Z" />
    </svg>
  );
}

function Scale({ scale }: { readonly scale: ColourScale }) {
  return (
    <div className="memory__scale">
      <span className="mono">{formatValue(scale.low)}</span>
      <span className="memory__bar" style={{ background: describeGradient(scale) }} />
      <span className="mono">{formatValue(scale.high)}</span>
    </div>
  );
}

function describeCell({ grid }: MemoryTensor, { values, width }: FlatMemory, [column, row]: readonly [number, number]) {
  const value = formatValue(values[row * width + column]!);
  if (!grid) return `row ${row}, column ${column}: ${value}`;
  const [forward, left] = locateCell(grid, column, row);
  return `${forward.toFixed(1)}, ${left.toFixed(1)} m: ${value}`;
}

function describeRange({ low, high }: ColourScale): string {
  return `${formatValue(low)} to ${formatValue(high)}`;
}

function formatValue(value: number): string {
  return value.toPrecision(3);
}

function clamp(place: number, length: number): number {
  return Math.min(Math.max(place, 0), length - 1);
}
