import { createReadStream } from 'node:fs';

/**
 * Call `visit` with every row of a nuScenes table: a JSON array of objects, of any size (sample_data.json of the whole data set
 * has over a gigabyte, more than one string can hold). Rows for which `wanted` says no to their text are not parsed.
 * Throws where the file is missing or a row is not JSON.
 */
export async function readTable(
  file: string,
  visit: (row: unknown) => void,
  wanted: (text: string) => boolean = () => true,
): Promise<void> {
  let row = '';
  let depth = 0;
  let inString = false;
  let escaped = false;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = chunk as string;
    let start = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (inString) {
        if (escaped) escaped = false;
        else if (code === 0x5c) escaped = true;
        else if (code === 0x22) inString = false;
      } else if (code === 0x22) {
        inString = true;
      } else if (code === 0x7b) {
        if (depth++ === 0) start = index;
      } else if (code === 0x7d && --depth === 0) {
        row += text.slice(start, index + 1);
        if (wanted(row)) visit(JSON.parse(row));
        row = '';
      }
    }
    if (depth > 0) row += text.slice(row === '' ? start : 0);
  }
  if (depth !== 0) throw new Error(`${file} ends in the middle of a row.`);
}
