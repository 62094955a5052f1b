import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import { createStaticServer, isolationHeaders, locateFile } from '../setup/server.mjs';

/** What the page sends back: the bytes of one frame's labels or flow. */
export interface Delivery {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Sources {
  /** The built site. */
  readonly site: string;
  readonly dataRoot: string;
  readonly scenes: readonly { readonly name: string; describe(): { readonly clip: object } }[];
  /** A model package outside the site, or null; its id is `model.id`. */
  readonly model: { readonly id: string; readonly folder: string } | null;
  deliver(delivery: Delivery): void;
}

const jsonType = 'application/json; charset=utf-8';

/** The built site, with the data root's scenes in its list of clips, its images, and a place to post results to. */
export function createSceneServer(sources: Sources): Server {
  const server = createStaticServer({ folder: sources.site });
  const [serveSite] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const url = (request.url ?? '/').split('?')[0]!;
    if (request.method === 'POST') receive(request, response, url, sources);
    else if (!answer(url, response, sources)) serveSite!(request, response);
  });
  return server;
}

/** Answer what the site does not have. Returns false for everything else. */
function answer(url: string, response: ServerResponse, { scenes, dataRoot, model }: Sources): boolean {
  if (url === '/clips/index.json') {
    const clips = scenes.map(({ name }) => ({ id: name, title: name, path: name, hidden: true }));
    return sendJson(response, { format: 'occuscope-clips/1', clips });
  }
  if (url === '/models/index.json' && model) {
    const entry = { id: model.id, title: model.id, path: 'evaluated', bytes: 0, hidden: true };
    return sendJson(response, { format: 'occuscope-models/1', models: [entry] });
  }
  if (model && url.startsWith('/models/evaluated/')) {
    return sendFile(response, locateFile(model.folder, '/models/evaluated/', url));
  }
  const [, name, rest] = /^\/clips\/([^/]+)\/(.+)$/.exec(url) ?? [];
  const scene = scenes.find((candidate) => encodeURIComponent(candidate.name) === name);
  if (!scene) return false;
  if (rest === 'clip.json') return sendJson(response, scene.describe().clip);
  return sendFile(response, locateFile(dataRoot, `/clips/${name}/files/`, url));
}

function sendJson(response: ServerResponse, value: object): true {
  response.writeHead(200, { ...isolationHeaders, 'Content-Type': jsonType }).end(JSON.stringify(value));
  return true;
}

function sendFile(response: ServerResponse, file: string | null): true {
  const stat = file ? statSync(file, { throwIfNoEntry: false }) : undefined;
  if (!file || !stat?.isFile()) {
    response.writeHead(404, isolationHeaders).end();
    return true;
  }
  const type = path.extname(file) === '.json' ? jsonType : 'application/octet-stream';
  response.writeHead(200, { ...isolationHeaders, 'Content-Type': type, 'Content-Length': stat.size });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
  return true;
}

function receive(request: IncomingMessage, response: ServerResponse, url: string, sources: Sources): void {
  const name = /^\/evaluate\/([\w/]+)$/.exec(url)?.[1];
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => void parts.push(part));
  request.on('end', () => {
    if (name) sources.deliver({ name, bytes: new Uint8Array(Buffer.concat(parts)) });
    response.writeHead(name ? 204 : 404, isolationHeaders).end();
  });
}
