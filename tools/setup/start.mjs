// @ts-check
// npm start: install what is missing, build what is stale, serve the site and open it.
// Options (npm start -- --no-open --port 8080): do not open a browser; serve on this port or fail.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite, installPackages } from './installAndBuild.mjs';
import { openPage } from './openPage.mjs';
import { root } from './runProgram.mjs';
import { createStaticServer, listenLocally } from './server.mjs';

const { values } = parseArgs({
  options: { 'no-open': { type: 'boolean', default: false }, port: { type: 'string' } },
});
const askedPort = values.port === undefined ? null : Number(values.port);
if (askedPort !== null && !(Number.isInteger(askedPort) && askedPort >= 0 && askedPort < 65536)) {
  console.error(`--port ${values.port} is no port number.`);
  process.exit(2);
}
for (const step of [installPackages, buildSite]) {
  const code = await step();
  if (code !== 0) process.exit(code);
}
const server = createStaticServer({ folder: path.join(root, 'dist') });
try {
  const port = await listenLocally(server, askedPort ?? 4173, askedPort !== null);
  const url = `http://localhost:${port}/`;
  console.log(`\nOccuscope is at ${url}\nPress Ctrl+C to stop.`);
  if (!values['no-open']) openPage(url);
} catch (error) {
  console.error(
    error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? `Port ${askedPort} is in use.` : error,
  );
  process.exit(1);
}
