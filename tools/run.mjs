// Runs a TypeScript tool of this repository with Vite's module rules (so that `?raw` shader imports work in Node).
// Usage: node tools/run.mjs path/to/main.ts [arguments]
import path from 'node:path';
import { createServer } from 'vite';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node tools/run.mjs path/to/main.ts [arguments]');
  process.exit(2);
}
process.argv = [process.argv[0], path.resolve(entry), ...rest];
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false },
  optimizeDeps: { noDiscovery: true },
});
try {
  const module = await server.ssrLoadModule(path.resolve(entry));
  process.exitCode = (await module.main?.(rest)) ?? process.exitCode ?? 0;
} finally {
  await server.close();
}
