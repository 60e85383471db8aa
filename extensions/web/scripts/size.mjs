/** Keep the promise on page weight: script and style that a page always loads, compressed, in KB. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../dist', import.meta.url).pathname;
const BUDGETS_KB = { lesson: 250, home: 60, class: 20 };

/** The file and everything it imports statically; lazy parts come as `import(…)` and do not count. */
function withImports(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const source = readFileSync(join(DIST, file), 'utf-8');
  for (const [, other] of source.matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) {
    withImports(join(dirname(file), other), found);
  }
  return found;
}

let over = false;
for (const [page, budget] of Object.entries(BUDGETS_KB)) {
  const files = [...withImports(`${page}.js`), `${page}.css`];
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0);
  const kilobytes = bytes / 1024;
  console.log(`${page}: ${kilobytes.toFixed(1)} KB of ${budget} KB (${files.join(', ')})`);
  over ||= kilobytes > budget;
}
process.exit(over ? 1 : 0);
