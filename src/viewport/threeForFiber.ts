/**
 * What `three` means inside @react-three/fiber and OrbitControls (an alias in vite.config.ts).
 * Fiber offers everything it finds in `three` as JSX elements, so the whole library would be bundled;
 * this file names what the two really use, all from the one three of this page.
 * A name that an upgrade of theirs needs and that is missing here fails the build, or shows as IMPORT_IS_UNDEFINED in its output.
 */
export {
  ACESFilmicToneMapping,
  BasicShadowMap,
  Color,
  ColorManagement,
  Controls,
  Layers,
  LinearSRGBColorSpace,
  MathUtils,
  MOUSE,
  NoToneMapping,
  Object3D,
  OrthographicCamera,
  PCFShadowMap,
  PCFSoftShadowMap,
  PerspectiveCamera,
  Plane,
  Quaternion,
  Ray,
  Raycaster,
  RGBAFormat,
  Scene,
  ShaderMaterial,
  Spherical,
  SRGBColorSpace,
  TOUCH,
  UnsignedByteType,
  Vector2,
  Vector3,
  VSMShadowMap,
} from 'three/webgpu';

/** Fiber's own default renderer; the viewport always brings one (`createRenderer`). */
export class WebGLRenderer {
  constructor() {
    throw new Error('The viewport must hand its own renderer to <Canvas gl={…}>; see src/viewport/threeSeam.ts.');
  }
}

/**
 * Seconds between frames, for Fiber's loop.
 * three's own Clock is deprecated and says so in the console of every visitor; Fiber 9 has no setting to avoid it.
 */
export class Clock {
  autoStart = true;
  running = false;
  elapsedTime = 0;
  /** Milliseconds on the clock of `performance.now()`, as in three. */
  startTime = 0;
  oldTime = 0;

  start(): void {
    this.startTime = performance.now();
    this.oldTime = this.startTime;
    this.elapsedTime = 0;
    this.running = true;
  }

  stop(): void {
    this.getDelta();
    this.running = false;
    this.autoStart = false;
  }

  getElapsedTime(): number {
    this.getDelta();
    return this.elapsedTime;
  }

  /** Seconds since the last call; 0 on the call that starts the clock and while it is stopped. */
  getDelta(): number {
    if (!this.running) {
      if (this.autoStart) this.start();
      return 0;
    }
    const now = performance.now();
    const seconds = (now - this.oldTime) / 1000;
    this.oldTime = now;
    this.elapsedTime += seconds;
    return seconds;
  }
}
