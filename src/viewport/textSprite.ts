import { CanvasTexture, Sprite, SpriteNodeMaterial } from 'three/webgpu';

const HEIGHT_PIXELS = 64;

/** A short label that always faces the camera and keeps its size on screen; `scale` is its share of the view's height. */
export function createTextSprite(text: string, colour: string, halo: string, scale = 0.02): Sprite {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser refuses a 2D canvas.');
  const font = `600 ${HEIGHT_PIXELS * 0.62}px system-ui, sans-serif`;
  context.font = font;
  canvas.width = Math.ceil(context.measureText(text).width) + 24;
  canvas.height = HEIGHT_PIXELS;
  context.font = font;
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 10;
  context.strokeStyle = halo;
  context.strokeText(text, 12, HEIGHT_PIXELS / 2);
  context.fillStyle = colour;
  context.fillText(text, 12, HEIGHT_PIXELS / 2);
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = 'srgb';
  const material = new SpriteNodeMaterial({
    map: texture,
    transparent: true,
    depthTest: false,
    depthWrite: false,
    sizeAttenuation: false,
  });
  const sprite = new Sprite(material);
  sprite.scale.set((scale * canvas.width) / canvas.height, scale, 1);
  sprite.renderOrder = 10;
  return sprite;
}

/** Free a sprite made by `createTextSprite`. */
export function disposeTextSprite(sprite: Sprite): void {
  sprite.material.map?.dispose();
  sprite.material.dispose();
}
