import { Progress } from '../../../ui/Progress.tsx';
import { Select } from '../../../ui/Select.tsx';
import { formatSeconds } from '../timestamps.ts';
import type { SequenceState } from './useSequence.ts';

/** The cameras that were found: which are used, and which calibration is whose. */
export function CameraTable({ state }: { readonly state: SequenceState }) {
  const { cameras, chosen, assigned, rig, network, found } = state;
  if (found.isBusy && cameras.length === 0) return <Progress label="Reading the first images" fraction={null} />;
  if (cameras.length === 0) return null;
  const names = chosen.map((index) => cameras[index]!.name);
  const toggle = (name: string) => {
    state.wish({ chosen: names.includes(name) ? names.filter((other) => other !== name) : [...names, name] });
  };
  const calibrations = (rig?.cameras ?? []).map(({ name }, index) => ({ value: String(index), label: name }));
  return (
    <div className="sequence__cameras">
      {network && cameras.length > network.cameras && (
        <p className="sequence__note">
          The network takes {network.cameras} cameras and {cameras.length} are here: choose which it sees. What the
          others see is not used.
          {state.wishes.chosen === null && ` ${describeSpread(cameras, chosen)}`}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Used</th>
            <th scope="col">Camera</th>
            <th scope="col">Pictures</th>
            <th scope="col">Size</th>
            <th scope="col">Calibration</th>
          </tr>
        </thead>
        <tbody>
          {cameras.map(({ name, media, size, fault }, index) => (
            <tr key={name}>
              <td>
                <input
                  type="checkbox"
                  aria-label={`Use ${name}`}
                  checked={chosen.includes(index)}
                  onChange={() => toggle(name)}
                />
              </td>
              <th scope="row">{name}</th>
              <td title={`from ${formatSeconds(media.times[0] ?? 0)} to ${formatSeconds(media.times.at(-1) ?? 0)}`}>
                {media.times.length}
              </td>
              <td>
                {size ? (
                  `${size.width} × ${size.height}`
                ) : (
                  <span className="sequence__complaint">{fault?.message}</span>
                )}
              </td>
              <td>
                <Select
                  label={`Calibration of ${name}`}
                  value={String(assigned[index] ?? -1)}
                  options={[{ value: '-1', label: 'none' }, ...calibrations]}
                  onChange={(value) =>
                    state.wish({ assigned: new Map(state.wishes.assigned).set(name, Number(value)) })
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Which were left out before anybody chose. */
function describeSpread(cameras: SequenceState['cameras'], chosen: SequenceState['chosen']): string {
  const left = cameras.filter((_, index) => !chosen.includes(index)).map(({ name }) => name);
  return `Chosen so that they look in directions far apart; left out: ${left.join(', ')}.`;
}
