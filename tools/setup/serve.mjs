// @ts-check
// Serve a folder of static files, as the browser tests need it: node tools/setup/serve.mjs --port 4180 --prefix /some/sub/path/
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './runProgram.mjs';
import { createStaticServer, listenLocally } from './server.mjs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'dist' },
    prefix: { type: 'string', default: '/' },
    port: { type: 'string', default: '4173' },
  },
});
const folder = path.resolve(root, values.folder);
if (!existsSync(path.join(folder, 'index.html'))) {
  console.error(`${folder} holds no index.html: run "npm run build" first.`);
  process.exit(1);
}
const server = createStaticServer({ folder, prefix: values.prefix });
const port = await listenLocally(server, Number(values.port), true);
console.log(`http://127.0.0.1:${port}${values.prefix}`);
