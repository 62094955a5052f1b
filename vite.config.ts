import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { javascriptBudget } from './tools/setup/javascriptBudget.ts';

/** The dev server needs inline scripts and styles; the built page keeps its content-security policy. */
const relaxPolicyInDevelopment: Plugin = {
  name: 'relax-policy-in-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

export default defineConfig({
  base: './',
  plugins: [react(), relaxPolicyInDevelopment, javascriptBudget()],
  // three from its sources, so that what nobody imports is left out (docs/decisions/0003-javascript-budget.md).
  resolve: {
    alias: [
      { find: /^three$/, replacement: fileURLToPath(new URL('src/viewport/threeForFiber.ts', import.meta.url)) },
      { find: /^three\/webgpu$/, replacement: 'three/src/Three.WebGPU.js' },
      { find: /^three\/tsl$/, replacement: 'three/src/Three.TSL.js' },
    ],
  },
  build: { target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 1200, license: { fileName: 'licences.md' } },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
