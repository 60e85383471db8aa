// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { readLines, readNdjson } from '../src/base/lines';
import { collect, pieces } from './support';

describe('readLines', () => {
  test('joins lines and letters that are cut between pieces', async () => {
    const bytes = new TextEncoder().encode('ü\nb');
    const stream = pieces('one\ntw', 'o\r\n', bytes.slice(0, 1), bytes.slice(1));
    expect(await collect(readLines(stream))).toEqual(['one', 'two', 'ü', 'b']);
  });

  test('cancels the connection when the reader stops early', async () => {
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x\n')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const line of readLines(stream)) {
      expect(line).toBe('x');
      break;
    }
    expect(cancelled).toBe(true);
  });
});

describe('readNdjson', () => {
  test('skips the empty lines that keep a connection alive, and reads a last line without its end', async () => {
    const response = new Response(pieces('{"a":1}\n\n \n{"a"', ':2}'));
    expect(await collect(readNdjson(response))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('a broken line is an error, not silence', async () => {
    await expect(collect(readNdjson(new Response(pieces('{"a":\n'))))).rejects.toThrow(SyntaxError);
  });
});
