import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OccuscopeError } from '../../src/errors/catalogue.ts';
import { createGpuContext, type GpuContext } from '../../src/gpu/device.ts';

/** A GPU device opened outside the browser; `close` must be called once, or Node does not exit. */
export interface NodeGpu {
  readonly context: GpuContext;
  close(): Promise<void>;
}

const libraryName = 'libvk_swiftshader.so';
const manifestName = 'vk_swiftshader_icd.json';

/**
 * Open a WebGPU device in Node through Dawn (npm `webgpu`).
 *
 * The adapter is Chromium's software Vulkan driver, so that every machine computes the same; with
 * `OCCUSCOPE_NATIVE_GPU=1`, or when `VK_ICD_FILENAMES` is already set, the machine's own choice stands.
 * Throws OccuscopeError `gpu-missing` when there is no driver or no adapter, with what was tried in `detail`.
 */
export async function openNodeGpu(): Promise<NodeGpu> {
  const native = process.env.OCCUSCOPE_NATIVE_GPU === '1';
  if (!native && !process.env.VK_ICD_FILENAMES) {
    const manifest = findSoftwareDriver();
    if (!manifest) {
      throw new OccuscopeError('gpu-missing', {
        detail: `No ${libraryName} beside any of: ${listBrowserFolders().join(', ')}.`,
      });
    }
    process.env.VK_ICD_FILENAMES = manifest;
  }
  if (!native) loadVulkanLoader();
  const { create, globals } = await import('webgpu').catch((cause: unknown) => {
    throw new OccuscopeError('gpu-missing', { detail: 'npm package `webgpu` has no build for this platform.', cause });
  });
  Object.assign(globalThis, globals);
  // Dawn lives as long as this value is reachable; `close` drops it.
  let gpu: GPU | null = create([]);
  const context = await createGpuContext(gpu);
  return {
    context,
    async close() {
      await context.device.queue.onSubmittedWorkDone();
      context.device.destroy();
      gpu = null;
      void gpu;
    },
  };
}

/** Folders that may hold a Chromium with its software Vulkan driver, most specific first. */
function listBrowserFolders(): string[] {
  const folders = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    '/opt/chromium.org/chromium',
  ];
  const named = process.env.OCCUSCOPE_CHROMIUM;
  if (named) folders.unshift(path.dirname(named));
  const browsers = process.env.PLAYWRIGHT_BROWSERS_PATH ?? path.join(os.homedir(), '.cache', 'ms-playwright');
  for (const browser of existsSync(browsers) ? readdirSync(browsers).sort().reverse() : []) {
    for (const inner of ['chrome-linux', 'chrome-linux64', 'chrome-headless-shell-linux64']) {
      folders.push(path.join(browsers, browser, inner));
    }
  }
  return folders;
}

/** Path of a Vulkan driver manifest for Chromium's software driver, or null. */
function findSoftwareDriver(): string | null {
  for (const folder of listBrowserFolders()) {
    const library = path.join(folder, libraryName);
    if (!existsSync(library)) continue;
    const manifest = path.join(folder, manifestName);
    if (existsSync(manifest) && namesExistingLibrary(manifest)) return manifest;
    return writeManifest(library);
  }
  return null;
}

/**
 * Load the Vulkan loader that Chromium ships, for systems without one of their own.
 * The dynamic linker then answers Dawn's request for `libvulkan.so.1` with the library that is already in the process;
 * Node rejects it as an add-on, which is expected, and the flag keeps it loaded all the same.
 */
function loadVulkanLoader(): void {
  if (process.platform !== 'linux') return;
  const keepLoaded = 0x1000; // RTLD_NODELETE in glibc and musl
  for (const folder of listBrowserFolders()) {
    const loader = path.join(folder, 'libvulkan.so.1');
    if (!existsSync(loader)) continue;
    try {
      process.dlopen({ exports: {} }, loader, os.constants.dlopen.RTLD_NOW | keepLoaded);
    } catch (error) {
      if (String(error).includes('did not self-register')) return;
    }
  }
}

/** The Vulkan loader reads `library_path` relative to the manifest; some packages ship a path that does not exist. */
function namesExistingLibrary(manifest: string): boolean {
  const parsed: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  const library = (parsed as { ICD?: { library_path?: unknown } }).ICD?.library_path;
  return typeof library === 'string' && existsSync(path.resolve(path.dirname(manifest), library));
}

function writeManifest(library: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-vulkan-'));
  const manifest = path.join(folder, manifestName);
  writeFileSync(
    manifest,
    JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.0.5' } }),
  );
  return manifest;
}
