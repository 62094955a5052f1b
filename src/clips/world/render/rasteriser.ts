import { sampleCutOut } from './noise.ts';

const cutOutTexelsPerMetre = 30;

/**
 * A depth-tested triangle rasteriser over a sample grid; integer coordinates are sample positions, larger depth values win.
 * Callers fill `corners` (x, y, depth of three corners) and call `draw`, so that no number is boxed on the way.
 */
export class Rasteriser {
  readonly width: number;
  readonly height: number;
  /** Largest depth value so far at each sample; `emptyDepth` where nothing was drawn. */
  readonly depth: Float32Array;
  /** Number of the triangle that won each sample, -1 for none; null when the target keeps depth only. */
  readonly owner: Int32Array | null;
  /** x, y, depth of three corners; then, for cut-outs, two plane coordinates (already multiplied by depth in perspective) each. */
  readonly corners = new Float64Array(15);
  private readonly emptyDepth: number;

  constructor(width: number, height: number, emptyDepth: number, keepsOwner: boolean) {
    this.width = width;
    this.height = height;
    this.emptyDepth = emptyDepth;
    this.depth = new Float32Array(width * height);
    this.owner = keepsOwner ? new Int32Array(width * height) : null;
  }

  clear(): void {
    this.depth.fill(this.emptyDepth);
    this.owner?.fill(-1);
  }

  /** True when no sample lies within the box around the triangle in `corners`: most small far triangles. */
  misses(): boolean {
    const c = this.corners;
    const lowX = Math.min(c[0]!, c[3]!, c[6]!);
    const highX = Math.max(c[0]!, c[3]!, c[6]!);
    if (Math.ceil(lowX) > highX || highX < 0 || lowX > this.width - 1) return true;
    const lowY = Math.min(c[1]!, c[4]!, c[7]!);
    const highY = Math.max(c[1]!, c[4]!, c[7]!);
    return Math.ceil(lowY) > highY || highY < 0 || lowY > this.height - 1;
  }

  /** Takes over what another target of the same size shows. */
  copyFrom(other: Rasteriser): void {
    this.depth.set(other.depth);
    if (this.owner !== null && other.owner !== null) this.owner.set(other.owner);
  }

  /**
   * Draws the triangle in `corners`, both sides, edges included.
   * `cutOut` below 0 draws it whole; otherwise samples whose leaf noise is below it are left out (`perspective` says how the plane coordinates interpolate).
   */
  draw(id: number, cutOut: number, perspective: boolean): void {
    const c = this.corners;
    // Sorted by y, so that a row is bounded by the long edge and one short edge; the lower end is each edge's reference,
    // which makes shared edges of two triangles round to the same column.
    let top = 0;
    let middle = 3;
    let bottom = 6;
    if (c[top + 1]! > c[middle + 1]!) [top, middle] = [middle, top];
    if (c[middle + 1]! > c[bottom + 1]!) [middle, bottom] = [bottom, middle];
    if (c[top + 1]! > c[middle + 1]!) [top, middle] = [middle, top];
    const yTop = c[top + 1]!;
    const yBottom = c[bottom + 1]!;
    const rowStart = Math.max(Math.ceil(yTop), 0) | 0;
    const rowEnd = Math.min(Math.floor(yBottom), this.height - 1) | 0;
    if (rowStart > rowEnd) return;
    const xTop = c[top]!;
    const xMiddle = c[middle]!;
    const xBottom = c[bottom]!;
    const yMiddle = c[middle + 1]!;
    const dTop = c[top + 2]!;
    const doubleArea = (xMiddle - xTop) * (yBottom - yTop) - (xBottom - xTop) * (yMiddle - yTop);
    if (doubleArea === 0) return;
    const inverseArea = 1 / doubleArea;
    const dMiddle = c[middle + 2]! - dTop;
    const dBottom = c[bottom + 2]! - dTop;
    const slopeX = (dMiddle * (yBottom - yTop) - dBottom * (yMiddle - yTop)) * inverseArea;
    const slopeY = (dBottom * (xMiddle - xTop) - dMiddle * (xBottom - xTop)) * inverseArea;
    const longSlope = (xBottom - xTop) / (yBottom - yTop);
    const upperSlope = yMiddle > yTop ? (xMiddle - xTop) / (yMiddle - yTop) : 0;
    const lowerSlope = yBottom > yMiddle ? (xBottom - xMiddle) / (yBottom - yMiddle) : 0;
    if (cutOut >= 0) this.prepareCutOut(top, middle, bottom, inverseArea);
    const { depth, owner } = this;
    const lastColumn = this.width - 1;
    for (let y = rowStart; y <= rowEnd; y++) {
      const long = xTop + (y - yTop) * longSlope;
      const short = y < yMiddle ? xTop + (y - yTop) * upperSlope : xMiddle + (y - yMiddle) * lowerSlope;
      const left = doubleArea > 0 ? long : short;
      const right = doubleArea > 0 ? short : long;
      const start = left > 0 ? Math.ceil(left) | 0 : 0;
      const end = right < lastColumn ? Math.floor(right) | 0 : lastColumn;
      if (start > end) continue;
      const row = y * this.width;
      let value = dTop + (start - xTop) * slopeX + (y - yTop) * slopeY;
      if (cutOut >= 0) {
        this.drawCutOutRow(row, start, end, y, value, slopeX, id, cutOut, perspective);
      } else if (owner === null) {
        for (let at = row + start, last = row + end; at <= last; at++, value += slopeX) {
          if (value > depth[at]!) depth[at] = value;
        }
      } else {
        for (let at = row + start, last = row + end; at <= last; at++, value += slopeX) {
          if (value > depth[at]!) {
            depth[at] = value;
            owner[at] = id;
          }
        }
      }
    }
  }

  // Start value, x slope and y slope of the two plane coordinates.
  private readonly plane = new Float64Array(6);

  private prepareCutOut(top: number, middle: number, bottom: number, inverseArea: number): void {
    const c = this.corners;
    const tall = c[bottom + 1]! - c[top + 1]!;
    const short = c[middle + 1]! - c[top + 1]!;
    const wideMiddle = c[middle]! - c[top]!;
    const wideBottom = c[bottom]! - c[top]!;
    for (let k = 0; k < 2; k++) {
      const start = c[9 + (top / 3) * 2 + k]!;
      const toMiddle = c[9 + (middle / 3) * 2 + k]! - start;
      const toBottom = c[9 + (bottom / 3) * 2 + k]! - start;
      const slopeX = (toMiddle * tall - toBottom * short) * inverseArea;
      const slopeY = (toBottom * wideMiddle - toMiddle * wideBottom) * inverseArea;
      this.plane[k * 3] = start - c[top]! * slopeX - c[top + 1]! * slopeY;
      this.plane[k * 3 + 1] = slopeX;
      this.plane[k * 3 + 2] = slopeY;
    }
  }

  private drawCutOutRow(
    row: number,
    start: number,
    end: number,
    y: number,
    startValue: number,
    slopeX: number,
    id: number,
    cutOut: number,
    perspective: boolean,
  ): void {
    const { depth, owner, plane } = this;
    let value = startValue;
    let a = plane[0]! + start * plane[1]! + y * plane[2]!;
    let b = plane[3]! + start * plane[4]! + y * plane[5]!;
    const stepA = plane[1]!;
    const stepB = plane[4]!;
    for (let x = start; x <= end; x++, value += slopeX, a += stepA, b += stepB) {
      const at = row + x;
      if (value <= depth[at]!) continue;
      const metres = perspective ? cutOutTexelsPerMetre / value : cutOutTexelsPerMetre;
      // Leaves and, three times larger, the clumps that break the outline.
      const leaf = sampleCutOut(a * metres, b * metres) + sampleCutOut(a * metres * 0.31, b * metres * 0.31);
      if (leaf * 0.66 - 41 < cutOut) continue;
      depth[at] = value;
      if (owner !== null) owner[at] = id;
    }
  }
}
