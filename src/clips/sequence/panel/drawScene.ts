import { colourDepth, type ProjectedLine } from '../projectScene.ts';

const strokes: Readonly<Record<ProjectedLine['kind'], { readonly colour: string; readonly width: number }>> = {
  grid: { colour: 'rgb(255 255 255 / 65%)', width: 1 },
  ahead: { colour: '#ff5a4e', width: 2.5 },
  left: { colour: '#4cd964', width: 2.5 },
  ego: { colour: '#4aa8ff', width: 2 },
};

/** Draw projected lines; widths are for an image of 1000 pixels. Dark edges keep them readable on bright roads. */
export function drawLines(context: CanvasRenderingContext2D, lines: readonly ProjectedLine[], width: number): void {
  const scale = Math.max(0.5, width / 1000);
  for (const isEdge of [true, false]) {
    for (const { kind, points } of lines) {
      const stroke = strokes[kind];
      context.strokeStyle = isEdge ? 'rgb(0 0 0 / 45%)' : stroke.colour;
      context.lineWidth = (stroke.width + (isEdge ? 1.5 : 0)) * scale;
      context.beginPath();
      for (let index = 0; index < points.length; index += 2) {
        if (index === 0) context.moveTo(points[0]! + 0.5, points[1]! + 0.5);
        else context.lineTo(points[index]! + 0.5, points[index + 1]! + 0.5);
      }
      context.stroke();
    }
  }
}

/** Draw lidar points (u, v, depth), the far ones first. */
export function drawPoints(context: CanvasRenderingContext2D, points: Float32Array, width: number): void {
  const size = Math.max(1.5, width / 500);
  const order = Array.from({ length: points.length / 3 }, (_, index) => index * 3).sort(
    (a, b) => points[b + 2]! - points[a + 2]!,
  );
  for (const index of order) {
    const [red, green, blue] = colourDepth(points[index + 2]!);
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(points[index]! + 0.5 - size / 2, points[index + 1]! + 0.5 - size / 2, size, size);
  }
}
