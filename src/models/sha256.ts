/** SHA-256 of `bytes` as 64 lower-case hexadecimal digits. Needs a secure context (https or localhost), as WebGPU does. */
export async function hashSha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
