// @ts-check
import { markBuilt, needsBuild, needsInstall } from './freshness.mjs';
import { findCommand, root, runNpm, runProgram } from './runProgram.mjs';

/** Install the npm packages unless they are there; resolves to an exit code. */
export async function installPackages() {
  if (!needsInstall(root)) return 0;
  console.log('Installing npm packages (npm ci)…');
  return runNpm(['ci', '--include=dev']);
}

/** Build the site unless dist/ is newer than its sources; resolves to an exit code. */
export async function buildSite() {
  if (!needsBuild(root)) {
    console.log('dist/ is newer than its sources: not built again.');
    return 0;
  }
  const startedAt = new Date();
  const code = await runProgram(process.execPath, [findCommand('vite', 'vite'), 'build']);
  if (code === 0) markBuilt(root, startedAt);
  return code;
}
