import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The dev server needs inline scripts and styles; the built page keeps its content-security policy. */
const relaxPolicyInDevelopment: Plugin = {
  name: 'relax-policy-in-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

export default defineConfig({
  base: './',
  plugins: [react(), relaxPolicyInDevelopment],
  // react-three-fiber imports 'three'; one build of three is enough, and ours is the WebGPU one.
  resolve: { alias: [{ find: /^three$/, replacement: 'three/webgpu' }] },
  build: { target: 'es2023', sourcemap: false, chunkSizeWarningLimit: 1200, license: { fileName: 'licences.md' } },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['onnxruntime-web'] },
});
