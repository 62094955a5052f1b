import type { Matrix3, Matrix4, Vector3 } from '../../domain/geometry.ts';

/** How a surface is coloured; the renderer evaluates it from the surface coordinates (metres) and the world position. */
export type Pattern =
  | 'plain'
  | 'asphalt'
  | 'paint'
  | 'paving'
  | 'grass'
  | 'soil'
  | 'gravel'
  | 'brick'
  | 'concrete'
  | 'plaster'
  | 'facade'
  | 'glass'
  | 'carPaint'
  | 'rubber'
  | 'lamp'
  | 'bark'
  | 'leaves'
  | 'hedge'
  | 'cloth'
  | 'skin'
  | 'stripes'
  | 'metal';

/** Look and meaning of a surface. */
export interface Material {
  readonly name: string;
  /** Occ3D label that its voxels carry; 255 = no voxel (paint on a surface that already has one). */
  readonly label: number;
  /** What a segmentation network should say: Cityscapes train ids 0..18 (sky is 10, 16 is a trailer), then 19 cone, 20 construction vehicle, 21 barrier, 22 other object. */
  readonly segmentation: number;
  /** Linear RGB reflectance, 0..1. */
  readonly colour: Vector3;
  readonly secondColour: Vector3;
  readonly pattern: Pattern;
  /** Pattern size in metres (brick, window or slab pitch). */
  readonly scale: number;
  /** Different number, different irregularities. */
  readonly seed: number;
}

/** Triangles with a material each; `surface` holds two metres-along-surface coordinates per vertex. */
export interface Mesh {
  readonly positions: Float32Array;
  readonly surface: Float32Array;
  readonly indices: Uint32Array;
  /** Index into `WorldScene.materials`, one per triangle. */
  readonly materials: Uint16Array;
}

/** A thing that may move. Pose and velocity are those of one instant. */
export interface ActorState {
  readonly instance: number;
  /** nuScenes category name, for example `vehicle.car`. */
  readonly category: string;
  readonly mesh: Mesh;
  readonly worldFromMesh: Matrix4;
  /** World axes, metres per second. */
  readonly velocity: Vector3;
  /** Full box length (x), width (y), height (z) in metres; its centre is `boxCentre` in the mesh frame. */
  readonly boxSize: Vector3;
  readonly boxCentre: Vector3;
}

/** Light and air of a drive. Colours are linear RGB. */
export interface Weather {
  readonly sunDirection: Vector3;
  readonly sunColour: Vector3;
  readonly skyZenith: Vector3;
  readonly skyHorizon: Vector3;
  readonly cloudCover: number;
  /** Extinction per metre. */
  readonly fogDensity: number;
  readonly exposure: number;
  /** 0 dry to 1 soaked: darker, glossier ground. */
  readonly wetness: number;
  /** 0 by day; 1 = lamps are on and light the street. */
  readonly night: number;
  /** Sensor noise as a factor on that of a good day. */
  readonly noise: number;
}

/** A lamp that lights its surroundings at night. World axes, metres. */
export interface Lamp {
  readonly position: Vector3;
  /** Unit vector along the middle of its beam. */
  readonly direction: Vector3;
  /** Light one metre ahead in its beam, linear RGB. */
  readonly colour: Vector3;
  readonly reach: number;
  /** Cosines of the angles off the beam's middle inside which it is full and outside which it is dark. */
  readonly inner: number;
  readonly outer: number;
  /** Surfaces of pattern `lamp` this near are its lens. */
  readonly size: number;
}

/** A spot on a lens: centre and radius as shares of the 16:9 picture's width (x) and height (y) and width (radius). */
export interface Smudge {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Height over width. */
  readonly stretch: number;
  readonly opacity: number;
}

/** How one camera of a drive renders: exposure factor, white balance per channel, and dirt with its colour. */
export interface Lens {
  readonly exposure: number;
  readonly balance: Vector3;
  readonly dirt: readonly Smudge[];
  readonly tint: Vector3;
}

/** Everything to draw or to voxelise at one instant. Statics are in world coordinates, split into chunks with bounds for culling. */
export interface WorldInstant {
  readonly materials: readonly Material[];
  readonly statics: readonly { readonly mesh: Mesh; readonly lower: Vector3; readonly upper: Vector3 }[];
  readonly actors: readonly ActorState[];
  /** Lamps that burn; empty by day. */
  readonly lamps: readonly Lamp[];
  readonly weather: Weather;
  readonly seed: number;
}

/** A pinhole camera in the world; integer pixel coordinates are pixel centres. */
export interface WorldCamera {
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Matrix3;
  readonly worldFromCamera: Matrix4;
  /** Clean and plain when absent. */
  readonly lens?: Lens;
}

/** What the renderer returns for one camera. Rows top to bottom. */
export interface RenderedView {
  /** sRGB bytes, alpha 255. */
  readonly rgba: Uint8ClampedArray;
  /** Metres along the camera's z axis at the pixel centre; Infinity for sky. */
  readonly depth: Float32Array;
  /** `Material.segmentation` at the pixel centre; 10 for sky. */
  readonly segmentation: Uint8Array;
}
