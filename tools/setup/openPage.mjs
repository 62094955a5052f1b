// @ts-check
import { spawn } from 'node:child_process';

/**
 * The program that opens an address in the user's browser, or null where there is no screen to show it on.
 * @param {string} url
 * @param {{ platform: string, env: NodeJS.ProcessEnv }} system
 * @returns {readonly [string, readonly string[]] | null}
 */
export function chooseOpener(url, { platform, env }) {
  if (platform === 'darwin') return ['open', [url]];
  if (platform === 'win32') return ['cmd', ['/c', 'start', '', url]];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', [url]] : null;
}

/**
 * Try to open `url` in the user's browser. No screen and no opener are no errors: the address is printed anyway.
 * @param {string} url
 */
export function openPage(url) {
  const opener = chooseOpener(url, process);
  if (!opener) return;
  spawn(opener[0], opener[1], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
