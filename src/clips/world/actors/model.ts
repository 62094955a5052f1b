import type { Vector3 } from '../../../domain/geometry.ts';
import type { Mesh } from '../model.ts';

/** An actor that stays where it is. */
export interface ParkedActor {
  readonly shape: ActorShape;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/** A shape that actors share: mesh frame has x forward, y left, z up, origin on the ground under the box centre. */
export interface ActorShape {
  readonly category: string;
  /** One mesh, or the phases of a walking or pedalling cycle. */
  readonly phases: readonly Mesh[];
  readonly boxSize: Vector3;
}
