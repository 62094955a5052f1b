import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import { Matrix4, type PerspectiveCamera } from 'three/webgpu';
import type { Matrix4 as EgoMatrix } from '../domain/geometry.ts';
import { aimAt, aimCamera, type CameraShot, createShot, findPresetView, orbitPose } from './cameraViews.ts';
import { createKeyboardOrbit, MAXIMUM_DISTANCE, MINIMUM_DISTANCE } from './keyboardOrbit.ts';
import type { CameraPose, CameraPreset, ViewSettings } from './types.ts';

const FLIGHT_SECONDS = 0.65;

/** Moves the camera: orbiting by pointer and keys, flights between presets, the rig's own cameras. */
export interface CameraRig {
  /** Go to a preset; flies unless motion is reduced or `jump` is set. */
  goTo(preset: CameraPreset, settings: Pick<ViewSettings, 'cameraViews' | 'reducedMotion'>, jump?: boolean): void;
  /** Advance by `seconds`; true while the picture still changes. Allocates nothing. */
  advance(seconds: number): boolean;
  resize(width: number, height: number): void;
  /** Keep the camera still in the world: `newFromOld` maps old to new ego axes, row-major. Own views are left alone. */
  carry(newFromOld: EgoMatrix): void;
  getPose(): CameraPose;
  setPose(pose: CameraPose): void;
  dispose(): void;
}

/** `onMove` runs whenever a person moves the camera, `invalidate` whenever a new picture is needed. */
export function createCameraRig(
  camera: PerspectiveCamera,
  element: HTMLElement,
  invalidate: () => void,
  onMove: (pose: CameraPose) => void,
): CameraRig {
  camera.up.set(0, 0, 1);
  const controls = new OrbitControls(camera, element);
  Object.assign(controls, {
    minDistance: MINIMUM_DISTANCE,
    maxDistance: MAXIMUM_DISTANCE,
    maxPolarAngle: Math.PI * 0.97,
    dampingFactor: 0.12,
  });
  const keyboard = createKeyboardOrbit(element, invalidate);
  const from = createShot();
  const to = createShot();
  const now = createShot();
  const canvas = { width: 1, height: 1 };
  let flight = 1;
  let ownView: ReturnType<typeof findPresetView> = null;
  let isFirst = true;
  /** The camera moves because a person moves it, not on the way to a preset or with another pane. */
  let isTouched = false;
  const transform = new Matrix4();

  const getPose = (): CameraPose => ({
    position: camera.position.toArray(),
    target: controls.target.toArray(),
    fov: camera.fov,
  });

  function applyShot(shot: CameraShot): void {
    camera.position.copy(shot.position);
    camera.quaternion.copy(shot.quaternion);
    camera.fov = shot.fov;
    const { width, height } = canvas;
    camera.setViewOffset(width, height, -shot.shiftX * height, -shot.shiftY * height, width, height);
    // setViewOffset assumes square pixels.
    camera.aspect = (width / height) * shot.stretch;
    camera.updateProjectionMatrix();
  }

  function finishFlight(): void {
    flight = 1;
    copyShot(now, to);
    applyShot(now);
    controls.target.copy(now.target);
    controls.enabled = ownView === null;
  }

  function start(jump: boolean): void {
    copyShot(from, now);
    from.position.copy(camera.position);
    from.quaternion.copy(camera.quaternion);
    from.target.copy(controls.target);
    controls.enabled = false;
    flight = 0;
    if (jump || isFirst) finishFlight();
    isFirst = false;
    invalidate();
  }

  controls.addEventListener('change', invalidate);
  const reportMove = () => onMove(getPose());
  controls.addEventListener('start', () => {
    isTouched = true;
  });
  controls.addEventListener('change', () => {
    if (isTouched && flight >= 1 && ownView === null) reportMove();
  });

  return {
    getPose,
    goTo(preset, { cameraViews, reducedMotion }, jump = false) {
      controls.enableDamping = !reducedMotion;
      const wasTouched = isTouched;
      isTouched = false;
      const wasOwnView = ownView !== null;
      ownView = findPresetView(preset, cameraViews);
      if (ownView) aimCamera(to, ownView, canvas.width, canvas.height);
      else if (preset === 'birds-eye' || preset === 'chase') aimAt(to, orbitPose(preset));
      else if (isFirst || wasOwnView) aimAt(to, orbitPose('free'));
      else {
        // The free view begins where the camera is, perhaps in the middle of a drag.
        isTouched = wasTouched;
        return;
      }
      start(jump || reducedMotion);
    },
    advance(seconds) {
      const step = Math.min(seconds, 0.05);
      if (flight < 1) {
        flight = Math.min(1, flight + step / FLIGHT_SECONDS);
        if (flight >= 1) finishFlight();
        else {
          blendShots(now, from, to, flight * flight * (3 - 2 * flight));
          applyShot(now);
        }
        return true;
      }
      if (ownView !== null) return false;
      const turned = keyboard.turn(camera.position, controls.target, step);
      if (turned) isTouched = true;
      return controls.update(step) || turned;
    },
    resize(width, height) {
      canvas.width = Math.max(1, width);
      canvas.height = Math.max(1, height);
      if (ownView) aimCamera(to, ownView, canvas.width, canvas.height);
      if (flight >= 1 && ownView) copyShot(now, to);
      if (flight >= 1) {
        now.position.copy(camera.position);
        now.quaternion.copy(camera.quaternion);
        applyShot(now);
      }
      invalidate();
    },
    carry(newFromOld) {
      if (ownView) return;
      isTouched = false;
      transform.set(...(Array.from(newFromOld) as Parameters<Matrix4['set']>));
      camera.position.applyMatrix4(transform);
      controls.target.applyMatrix4(transform);
      controls.update();
    },
    setPose(pose) {
      isTouched = false;
      ownView = null;
      flight = 1;
      aimAt(now, pose);
      controls.target.copy(now.target);
      applyShot(now);
      controls.enabled = true;
      invalidate();
    },
    dispose() {
      keyboard.dispose();
      controls.dispose();
    },
  };
}

function copyShot(into: CameraShot, source: CameraShot): void {
  into.position.copy(source.position);
  into.quaternion.copy(source.quaternion);
  into.target.copy(source.target);
  into.fov = source.fov;
  into.stretch = source.stretch;
  into.shiftX = source.shiftX;
  into.shiftY = source.shiftY;
}

function blendShots(into: CameraShot, from: CameraShot, to: CameraShot, share: number): void {
  into.position.lerpVectors(from.position, to.position, share);
  into.target.lerpVectors(from.target, to.target, share);
  into.quaternion.slerpQuaternions(from.quaternion, to.quaternion, share);
  into.fov = from.fov + (to.fov - from.fov) * share;
  into.stretch = from.stretch + (to.stretch - from.stretch) * share;
  into.shiftX = from.shiftX + (to.shiftX - from.shiftX) * share;
  into.shiftY = from.shiftY + (to.shiftY - from.shiftY) * share;
}
