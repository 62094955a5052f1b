import './cameraStrip.css';
import { usePage, usePageState } from '../stores/page.tsx';
import { choosePreset } from '../stores/viewStore.ts';
import { CameraCanvas } from './CameraCanvas.tsx';
import { describeCamera } from './cameraNames.ts';
import { useNoteSight, useSightBadge } from './SightBadge.tsx';

/** All cameras in rig order, in two rows, and the chosen one at twice the size beside them. */
export function CameraStrip() {
  const clip = usePageState('clip', (state) => state.clip);
  const focusCamera = usePageState('view', (state) => state.focusCamera);
  const first = clip?.frames[0]?.cameras[0];
  if (!clip || !first) return <CameraStripPlaceholder />;
  const aspect = first.width / first.height;
  const columns = Math.max(1, Math.ceil(clip.cameraNames.length / 2));
  const focus = Math.min(focusCamera, clip.cameraNames.length - 1);
  return (
    <section
      className="cameras"
      aria-label="Camera images"
      style={
        { '--camera-aspect': aspect, '--columns': columns + 2, '--focus-column': columns + 1 } as React.CSSProperties
      }
    >
      {clip.cameraNames.map((name, index) => (
        <CameraTile key={name} name={name} cameraIndex={index} isFocused={index === focus} />
      ))}
      <FocusedCamera cameraIndex={focus} name={clip.cameraNames[focus] ?? ''} />
    </section>
  );
}

interface CameraTileProps {
  readonly name: string;
  readonly cameraIndex: number;
  readonly isFocused: boolean;
}

function CameraTile({ name, cameraIndex, isFocused }: CameraTileProps) {
  const { stores } = usePage();
  const words = describeCamera(name);
  useNoteSight(cameraIndex);
  const badge = useSightBadge(cameraIndex);
  return (
    <button
      type="button"
      className="camera camera--tile"
      aria-pressed={isFocused}
      aria-label={`Enlarge the ${words} camera and see the voxels from there${badge ? `; ${badge.text}` : ''}`}
      title={`${words} camera: enlarge, and see the voxels from there (${cameraIndex + 4})`}
      onClick={() => {
        choosePreset(stores.view, `camera:${cameraIndex}`);
        stores.view.setState({ focusCamera: cameraIndex });
      }}
    >
      <CameraCanvas cameraIndex={cameraIndex} description={`${words} camera`} size="tile" />
      <span className="camera__name">{words}</span>
    </button>
  );
}

function FocusedCamera({ cameraIndex, name }: { readonly cameraIndex: number; readonly name: string }) {
  const frame = usePageState('clip', (state) => state.clip?.frames);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const view = frame?.[frameIndex]?.cameras[cameraIndex];
  const offset = view ? (view.timestampMicroseconds - frame![frameIndex]!.timestampMicroseconds) / 1000 : null;
  return (
    <figure className="camera camera--focus" data-testid="focused-camera">
      <CameraCanvas cameraIndex={cameraIndex} description={`${describeCamera(name)} camera, enlarged`} size="focus" />
      <figcaption className="camera__name">
        {describeCamera(name)}
        {offset !== null && (
          <span className="camera__offset" title="Time of this image against the key frame">
            {offset === 0 ? 'at key frame' : `${offset > 0 ? '+' : '−'}${Math.abs(offset).toFixed(0)} ms`}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function CameraStripPlaceholder() {
  return (
    <section className="cameras" aria-label="Camera images" aria-busy="true">
      {['front left', 'front', 'front right', 'back left', 'back', 'back right'].map((name) => (
        <div key={name} className="camera camera--empty" />
      ))}
      <div className="camera camera--focus camera--empty" />
    </section>
  );
}
