import { CanvasTexture, Sprite, SpriteNodeMaterial } from 'three/webgpu';

const HEIGHT_PIXELS = 64;

/** Letters are this high on screen, CSS pixels. */
const LETTER_PIXELS = 12;
const LETTER_SHARE = 0.62;

/** A short label that always faces the camera; `sizeTextSprite` keeps its size on screen. */
export function createTextSprite(text: string, colour: string, halo: string): Sprite {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser refuses a 2D canvas.');
  const font = `600 ${HEIGHT_PIXELS * LETTER_SHARE}px system-ui, sans-serif`;
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
  sprite.userData.aspect = canvas.width / canvas.height;
  sprite.renderOrder = 10;
  return sprite;
}

/** Give a label its size on screen in a view `height` CSS pixels high with a vertical field of view of `fov` degrees. */
export function sizeTextSprite(sprite: Sprite, height: number, fov: number): void {
  const scale = ((LETTER_PIXELS / LETTER_SHARE) * 2 * Math.tan((fov * Math.PI) / 360)) / height;
  sprite.scale.set(scale * (sprite.userData.aspect as number), scale, 1);
}

/** Free a sprite made by `createTextSprite`. */
export function disposeTextSprite(sprite: Sprite): void {
  sprite.material.map?.dispose();
  sprite.material.dispose();
}
