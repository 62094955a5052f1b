// @ts-check
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const mediaTypes = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
  '.npz': 'application/octet-stream',
  '.zip': 'application/zip',
};

/** Isolation headers: browsers give shared memory, which multithreaded WebAssembly needs, to isolated pages only. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * The file that an address names, or null when it lies outside `prefix` or the folder.
 * @param {string} folder
 * @param {string} prefix begins and ends with a slash
 * @param {string} url path and query of a request
 * @returns {string | null}
 */
export function locateFile(folder, prefix, url) {
  let pathname;
  try {
    pathname = decodeURIComponent(url.split(/[?#]/)[0] ?? '');
  } catch {
    return null;
  }
  if (!pathname.startsWith(prefix) || pathname.includes('\0')) return null;
  const relative = pathname.slice(prefix.length);
  const file = path.resolve(folder, relative.endsWith('/') || relative === '' ? `${relative}index.html` : relative);
  return file.startsWith(path.resolve(folder) + path.sep) ? file : null;
}

/**
 * A server of static files: `folder` appears under `prefix`.
 * @param {{ folder: string, prefix?: string }} options
 */
export function createStaticServer({ folder, prefix = '/' }) {
  return createServer((request, response) => {
    const send = (/** @type {number} */ status, /** @type {string} */ text) => {
      response.writeHead(status, { ...isolationHeaders, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'Only GET and HEAD.');
    const file = locateFile(folder, prefix, request.url ?? '/');
    const stat = file ? statSync(file, { throwIfNoEntry: false }) : undefined;
    if (!file || !stat?.isFile()) return send(404, `Not found: ${request.url}`);
    response.writeHead(200, {
      ...isolationHeaders,
      'Content-Type': mediaTypes[path.extname(file).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': stat.size,
      'Last-Modified': stat.mtime.toUTCString(),
    });
    if (request.method === 'HEAD') return response.end();
    return createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  });
}

/**
 * Listen on the local interface. With `exact`, a port in use is an error; otherwise the next free one is taken.
 * @param {import('node:http').Server} server
 * @param {number} port
 * @param {boolean} exact
 * @returns {Promise<number>} the port taken
 */
export function listenLocally(server, port, exact) {
  return new Promise((resolve, reject) => {
    const attempt = (/** @type {number} */ candidate) => {
      server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
        if (exact || error.code !== 'EADDRINUSE' || candidate >= port + 50) reject(error);
        else attempt(candidate + 1);
      });
      server.listen(candidate, '127.0.0.1', () => {
        server.removeAllListeners('error');
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : candidate);
      });
    };
    attempt(port);
  });
}
