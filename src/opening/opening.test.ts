import { zipSync } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import type { FileTree } from '../domain/fileTree.ts';
import { openFolder, treeFromEntries, treeFromFiles, treeFromHandle, treeFromPaths } from './fileTrees.ts';
import { listenForDrops } from './listenForDrops.ts';
import type { Opener } from './opener.ts';
import { chooseFit, findFits } from './openers.ts';
import { treeFromUrl } from './urlTree.ts';
import { treeFromZip, unpackTree } from './zipTree.ts';

const contents: Record<string, string> = { 'a.txt': 'A', 'folder/b.txt': 'B', 'folder/deep/c.txt': 'C' };

async function listNames(tree: FileTree, path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, kind } of tree.list(path)) names.push(kind === 'folder' ? `${name}/` : name);
  return names.sort();
}

/** What every tree over `contents` must do, however it came to be. */
async function expectTree(tree: FileTree): Promise<void> {
  for (const [path, text] of Object.entries(contents)) expect(await (await tree.readFile(path))!.text()).toBe(text);
  for (const path of ['', 'folder', 'x.txt', 'a.txt/x', '../a.txt', 'folder/../a.txt', './a.txt']) {
    expect(await tree.readFile(path), path).toBeNull();
  }
  expect(await listNames(tree, '')).toEqual(['a.txt', 'folder/']);
  expect(await listNames(tree, 'folder')).toEqual(['b.txt', 'deep/']);
  expect(await listNames(tree, 'nowhere')).toEqual([]);
  expect(await listNames(tree, '..')).toEqual([]);
}

/** A folder as drops give it: callbacks, at most a hundred names a call. */
function makeEntry(name: string, inner: Record<string, string>): FileSystemDirectoryEntry {
  const files = new Map(Object.entries(inner));
  const childrenOf = (prefix: string) => [
    ...new Set(
      [...files.keys()]
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split('/')[0]!),
    ),
  ];
  const make = (path: string): unknown => {
    const own = path.split('/').at(-1) || name;
    if (files.has(path)) {
      const file = (done: (file: Blob) => void) => done(new Blob([files.get(path)!]));
      return { name: own, isFile: true, isDirectory: false, file };
    }
    const prefix = path ? `${path}/` : '';
    const find = (isFile: boolean) => (wanted: string, _: object, done: (entry: unknown) => void, fail: () => void) => {
      const place = prefix + wanted;
      const isThere = isFile ? files.has(place) : childrenOf(`${place}/`).length > 0;
      if (isThere) done(make(place));
      else fail();
    };
    return {
      name: own,
      isFile: false,
      isDirectory: true,
      getFile: find(true),
      getDirectory: find(false),
      createReader: () => {
        const rest = childrenOf(prefix).map((child) => make(prefix + child));
        return { readEntries: (done: (batch: unknown[]) => void) => done(rest.splice(0, 100)) };
      },
    };
  };
  return make('') as FileSystemDirectoryEntry;
}

/** A folder as the picker gives it. */
function makeHandle(name: string, prefix = ''): FileSystemDirectoryHandle {
  const names = [
    ...new Set(
      Object.keys(contents)
        .filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).split('/')[0]!),
    ),
  ];
  const isFolder = (child: string) => !(prefix + child in contents);
  return {
    name,
    async getDirectoryHandle(child: string) {
      if (!names.includes(child) || !isFolder(child)) throw new DOMException('none', 'NotFoundError');
      return makeHandle(child, `${prefix}${child}/`);
    },
    async getFileHandle(child: string) {
      if (!names.includes(child) || isFolder(child)) throw new DOMException('none', 'NotFoundError');
      return { getFile: async () => new Blob([contents[prefix + child]!]) };
    },
    async *values() {
      for (const child of names) yield { name: child, kind: isFolder(child) ? 'directory' : 'file' };
    },
  } as unknown as FileSystemDirectoryHandle;
}

const encode = (text: string) => new TextEncoder().encode(text);
const zipOf = (files: Record<string, string>) =>
  new Blob([
    zipSync(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, encode(text)])),
    ) as Uint8Array<ArrayBuffer>,
  ]);
const wrapped = (prefix: string) =>
  Object.fromEntries(Object.entries(contents).map(([name, text]) => [prefix + name, text]));

describe('a tree', () => {
  test('over a dropped folder', () => expectTree(treeFromEntries([makeEntry('data', contents)])));
  test('over several dropped things', async () => {
    const { 'a.txt': a, ...rest } = contents;
    const file = {
      name: 'a.txt',
      isFile: true,
      isDirectory: false,
      file: (done: (file: Blob) => void) => done(new Blob([a!])),
    };
    const inner = Object.fromEntries(Object.entries(rest).map(([name, text]) => [name.replace('folder/', ''), text]));
    await expectTree(treeFromEntries([file as unknown as FileSystemEntry, makeEntry('folder', inner)]));
  });
  test('over a picked folder', () => expectTree(treeFromHandle(makeHandle('data'))));
  test('over a file input', () =>
    expectTree(
      treeFromFiles(
        Object.entries(contents).map(([name, text]) =>
          Object.defineProperty(new File([text], name.split('/').at(-1)!), 'webkitRelativePath', {
            value: `data/${name}`,
          }),
        ),
      ),
    ));
  test('over a zip, with and without a folder around everything and what systems add', async () => {
    await expectTree(await treeFromZip(zipOf(contents), 'a.zip'));
    await expectTree(
      await treeFromZip(zipOf({ ...wrapped('x/y/'), '__MACOSX/x/._a': '', 'x/.DS_Store': '' }), 'a.zip'),
    );
  });
  test('over a folder of another', async () =>
    expectTree(
      openFolder(
        treeFromPaths('all', Object.keys(wrapped('in/')), async (path) => new Blob([wrapped('in/')[path]!])),
        'in',
      ),
    ));

  test('lists folders of thousands of files to their end', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}.jpg`, '']));
    expect(await listNames(treeFromEntries([makeEntry('many', many)]), '')).toHaveLength(20_000);
  });

  test('a single zip is looked into, others are not', async () => {
    const zip = zipOf({ 'clip.json': '{}' });
    const single = treeFromPaths('drop', ['a.zip'], async () => zip);
    expect(await listNames(await unpackTree(single), '')).toEqual(['clip.json']);
    const two = treeFromPaths('drop', ['a.zip', 'b.zip'], async () => zip);
    expect(await unpackTree(two)).toBe(two);
  });
});

describe('what is there and cannot be read is said to be that', () => {
  const refusal = new DOMException('A lock could not be acquired.', 'NotReadableError');
  const unreadable = { code: 'file-unreadable', detail: expect.stringContaining('a.txt: A lock') };

  test('in a dropped folder, whose list is not cut short silently', async () => {
    const folder = makeEntry('data', contents);
    const file = { isFile: true, file: (_: unknown, fail: (error: unknown) => void) => fail(refusal) };
    const closed = {
      ...folder,
      getFile: (_: string, __: object, done: (entry: unknown) => void) => done(file),
      createReader: () => ({ readEntries: (_: unknown, fail: (error: unknown) => void) => fail(refusal) }),
    };
    const tree = treeFromEntries([closed as never]);
    await expect(tree.readFile('a.txt')).rejects.toMatchObject(unreadable);
    await expect(listNames(tree, '')).rejects.toMatchObject({
      code: 'file-unreadable',
      detail: expect.stringContaining('data: A lock'),
    });
    const both = treeFromEntries([closed as never, makeEntry('other', contents)]);
    expect(await listNames(both, 'data'), 'one of several is passed by').toEqual([]);
    const disk = { ...folder, getDirectory: (_: string, __: object, done: (entry: unknown) => void) => done(closed) };
    expect(await listNames(treeFromEntries([disk as never]), 'lost+found'), 'a folder inside is passed by').toEqual([]);
  });

  test('in a picked folder, which is asked again the next time', async () => {
    const handle = makeHandle('data');
    let isLocked = true;
    const locked = {
      ...handle,
      getFileHandle: async (name: string) =>
        isLocked ? { getFile: () => Promise.reject(refusal) } : await handle.getFileHandle(name),
      getDirectoryHandle: async (name: string) => {
        if (isLocked) throw refusal;
        return await handle.getDirectoryHandle(name);
      },
    };
    const tree = treeFromHandle(locked as never);
    await expect(tree.readFile('a.txt')).rejects.toMatchObject(unreadable);
    await expect(tree.readFile('folder/b.txt')).rejects.toMatchObject({ code: 'file-unreadable' });
    expect(await listNames(tree, 'folder'), 'a folder inside is passed by').toEqual([]);
    isLocked = false;
    expect(await (await tree.readFile('folder/b.txt'))!.text()).toBe('B');
  });
});

describe('what fits', () => {
  const make = (kind: string, score: number): Opener => ({
    kind,
    title: kind,
    recognise: async () => {
      if (score < 0) throw new Error('broken');
      return score;
    },
    loadPanel: async () => () => null,
  });
  const tree = treeFromPaths('x', [], async () => null);

  test('is chosen when it is clearly ahead, asked for otherwise, and an opener that fails fits nothing', async () => {
    const fitsOf = (...scores: number[]) =>
      findFits(tree, Promise.resolve(scores.map((score, index) => make(`k${index}`, score))));
    expect(chooseFit(await fitsOf(0.2, 1, 0))!.kind).toBe('k1');
    expect(chooseFit(await fitsOf(0.9, 1))).toBeNull();
    expect((await fitsOf(0.9, 1)).map(({ opener }) => opener.kind)).toEqual(['k1', 'k0']);
    expect(chooseFit(await fitsOf(-1, 0.1))!.kind).toBe('k1');
    expect(await fitsOf(0, 0)).toEqual([]);
    await expect(fitsOf(-1, 0), 'what could not be looked at is not said to fit nothing').rejects.toThrow('broken');
  });
});

test('an address of another site is refused before anything is asked', async () => {
  const ask = vi.spyOn(globalThis, 'fetch');
  const options = { signal: new AbortController().signal };
  await expect(treeFromUrl('https://other.example/a.zip', 'https://here.example/app/', options)).rejects.toThrow(
    /other\.example is another site/,
  );
  await expect(treeFromUrl('//other.example/a', 'https://here.example/app/', options)).rejects.toThrow(/another site/);
  await expect(treeFromUrl('http://', 'https://here.example/', options)).rejects.toThrow(/no address/);
  expect(ask).not.toHaveBeenCalled();
  ask.mockRestore();
});

describe('a folder or zip by its address', () => {
  const options = { signal: new AbortController().signal };
  const base = 'https://here.example/app/';

  test('a file that the server has not is none; one that cannot be had is a failed download', async () => {
    const ask = vi.spyOn(globalThis, 'fetch');
    const tree = await treeFromUrl('clips/drive', base, options);
    const answer = (response: () => Promise<Response>) => {
      ask.mockImplementationOnce(response);
      return tree.readFile('a b/clip.json');
    };
    try {
      expect(await (await answer(async () => new Response('{}')))!.text()).toBe('{}');
      expect(ask).toHaveBeenLastCalledWith('https://here.example/app/clips/drive/a%20b/clip.json');
      expect(await answer(async () => new Response('', { status: 404 }))).toBeNull();
      expect(await answer(async () => new Response('', { headers: { 'content-type': 'text/html' } }))).toBeNull();
      const failed = { code: 'clip-download-failed', detail: expect.stringContaining('a%20b/clip.json') };
      await expect(answer(async () => new Response('', { status: 500 }))).rejects.toMatchObject(failed);
      await expect(answer(() => Promise.reject(new TypeError('Failed to fetch')))).rejects.toMatchObject(failed);
    } finally {
      ask.mockRestore();
    }
  });

  test('a path never leads out of the folder, nor to the folder itself', async () => {
    const ask = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('x'));
    try {
      const tree = await treeFromUrl('clips/drive', base, options);
      for (const path of ['', '/', '../index.json', 'a/../../index.json', './clip.json'])
        expect(await tree.readFile(path), path).toBeNull();
      expect(ask).not.toHaveBeenCalled();
    } finally {
      ask.mockRestore();
    }
  });

  test('a zip that is too large is said to be that, not to be damaged', async () => {
    const zip = zipOf(contents);
    const ask = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(zip));
    try {
      await expectTree(await treeFromUrl('a.zip', base, { ...options, largestZipBytes: zip.size }));
      await expect(treeFromUrl('a.zip', base, { ...options, largestZipBytes: zip.size - 1 })).rejects.toMatchObject({
        code: 'clip-download-failed',
        detail: expect.stringContaining('is larger than'),
      });
    } finally {
      ask.mockRestore();
    }
  });
});

test('an address with a broken percent escape is named, not thrown at the visitor as it came', async () => {
  const options = { signal: new AbortController().signal };
  const opening = treeFromUrl('clips/100%/', 'https://here.example/app/', options);
  await expect(opening).rejects.toMatchObject({
    code: 'nothing-to-open',
    detail: expect.stringContaining('clips/100%/'),
  });
  expect((await treeFromUrl('clips/100%25/', 'https://here.example/app/', options)).name).toBe('100%');
});

test('drops are taken out of the event, and leaving children does not end the overlay', () => {
  const listeners = new Map<string, (event: Event) => void>();
  const hovers: boolean[] = [];
  const dropped: unknown[] = [];
  const stop = listenForDrops(
    {
      addEventListener: (type: string, listener: unknown) => void listeners.set(type, listener as never),
      removeEventListener: (type: string) => void listeners.delete(type),
    } as never,
    (isOver) => hovers.push(isOver),
    ({ entries }) => dropped.push(...entries),
  );
  const fire = (type: string, types = ['Files']) => {
    const items = [{ webkitGetAsEntry: () => ({ name: 'x' }) }, { webkitGetAsEntry: () => null }];
    const event = { preventDefault: vi.fn(), dataTransfer: { types, items } };
    listeners.get(type)!(event as never);
    return event.preventDefault.mock.calls.length;
  };
  for (const type of ['dragenter', 'dragenter', 'dragleave']) expect(fire(type)).toBe(1);
  expect(hovers.at(-1)).toBe(true);
  fire('dragleave');
  expect(hovers.at(-1)).toBe(false);
  fire('drop');
  expect(dropped).toEqual([{ name: 'x' }]);
  expect(fire('drop', ['text/plain'])).toBe(0);
  stop();
  expect(listeners.size).toBe(0);
});
