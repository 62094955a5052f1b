// @ts-check
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Everything that a build reads. */
const sources = ['src', 'shaders', 'public', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'];

/**
 * Time of the newest change in a file or folder, in milliseconds; 0 where there is none.
 * Folders count too: their time changes when a file in them is removed.
 * @param {string} place
 * @returns {number}
 */
export function findNewestTime(place) {
  if (!existsSync(place)) return 0;
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(place).reduce(
    (newest, name) => Math.max(newest, findNewestTime(path.join(place, name))),
    stat.mtimeMs,
  );
}

/**
 * Whether the npm packages have to be installed: there are none, or the lock file changed since.
 * @param {string} root
 */
export function needsInstall(root) {
  const installed = findNewestTime(path.join(root, 'node_modules', '.package-lock.json'));
  return installed === 0 || findNewestTime(path.join(root, 'package-lock.json')) > installed;
}

/** @param {string} root */
function stampPath(root) {
  return path.join(root, '.cache', 'built');
}

/**
 * Whether the site has to be built: it never was, or a source changed since the last complete build began.
 * @param {string} root
 */
export function needsBuild(root) {
  if (!existsSync(path.join(root, 'dist', 'index.html'))) return true;
  const built = findNewestTime(stampPath(root));
  return sources.some((name) => findNewestTime(path.join(root, name)) > built);
}

/**
 * Remember that a build which began at `startedAt` is complete.
 * @param {string} root
 * @param {Date} startedAt
 */
export function markBuilt(root, startedAt) {
  mkdirSync(path.dirname(stampPath(root)), { recursive: true });
  writeFileSync(stampPath(root), '');
  utimesSync(stampPath(root), startedAt, startedAt);
}
