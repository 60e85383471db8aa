// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/base/api';
import { DraftStore, type KeptDrafts } from '../src/lesson/drafts';
import { fakeApi, MemoryKeep, type Answer } from './support';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function store(keep = new MemoryKeep<KeptDrafts>(), ...answers: Answer[]) {
  const told: unknown[][] = [];
  const { api, asked } = fakeApi(...answers);
  const drafts = new DraftStore(api, 'lessons/c/m/l/drafts', keep, {
    state: (state) => told.push(['state', state]),
    replaced: (cell, source) => told.push(['replaced', cell, source]),
    conflict: (cell, theirs) => told.push(['conflict', cell, theirs]),
  });
  return { drafts, told, asked, keep };
}

const offline = new ApiError(0, 'offline', '');

describe('DraftStore', () => {
  test('keeps an edit here at once and on the server after a pause', async () => {
    const { drafts, told, asked, keep } = store(undefined, { revision: 2 });
    drafts.load({ revision: 1, cells: { a: 'old' } });
    drafts.edit('a', 'ne');
    drafts.edit('a', 'new');
    expect(keep.value).toEqual({ revision: 1, cells: { a: 'new' }, base: { a: 'old' } });
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual([{ method: 'PUT', path: 'lessons/c/m/l/drafts', body: { revision: 1, cells: { a: 'new' } }, key: undefined }]);
    expect(keep.value).toBeNull();
    expect(told.at(-1)).toEqual(['state', 'saved']);
  });

  test('sends only what changed, with the newest revision', async () => {
    const { drafts, asked } = store(undefined, { revision: 5 }, { revision: 6 });
    drafts.load({ revision: 4, cells: { a: '1', b: '2' } });
    drafts.edit('b', '3');
    await vi.advanceTimersByTimeAsync(1000);
    drafts.edit('a', '4');
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.map(({ body }) => body)).toEqual([
      { revision: 4, cells: { b: '3' } },
      { revision: 5, cells: { a: '4' } },
    ]);
  });

  test('says that the text is kept on this device while the server is away, and saves it when it is back', async () => {
    const { drafts, told, asked, keep } = store(undefined, offline, offline, { revision: 1 });
    drafts.load({ revision: 0, cells: {} });
    drafts.edit('a', 'x');
    await vi.advanceTimersByTimeAsync(1000);
    expect(told.at(-1)).toEqual(['state', 'local']);
    expect(keep.value?.cells).toEqual({ a: 'x' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBe(3);
    expect(told.at(-1)).toEqual(['state', 'saved']);
    expect(keep.value).toBeNull();
  });

  test('text of an earlier visit that was not sent comes back and is sent', async () => {
    const kept = new MemoryKeep<KeptDrafts>({ revision: 1, cells: { a: 'mine' }, base: { a: 'old' } });
    const { drafts, asked } = store(kept, { revision: 2 });
    expect(drafts.load({ revision: 1, cells: { a: 'old', b: 'other' } })).toEqual({ a: 'mine', b: 'other' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked[0]?.body).toEqual({ revision: 1, cells: { a: 'mine' } });
  });

  test('what was changed in one place only is taken from there', async () => {
    const conflict = new ApiError(409, 'draft_conflict', '', { revision: 8, cells: { a: 'old', b: 'theirs' } });
    const { drafts, told, asked } = store(undefined, conflict, { revision: 9 });
    drafts.load({ revision: 7, cells: { a: 'old', b: 'old' } });
    drafts.edit('a', 'mine');
    await vi.advanceTimersByTimeAsync(2000);
    expect(told).toContainEqual(['replaced', 'b', 'theirs']);
    expect(asked.at(-1)?.body).toEqual({ revision: 8, cells: { a: 'mine' } });
    expect(told.at(-1)).toEqual(['state', 'saved']);
  });

  async function conflicting() {
    const conflict = new ApiError(409, 'draft_conflict', '', { revision: 8, cells: { a: 'theirs' } });
    const made = store(undefined, conflict, { revision: 9 });
    made.drafts.load({ revision: 7, cells: { a: 'old' } });
    made.drafts.edit('a', 'mine');
    await vi.advanceTimersByTimeAsync(2000);
    return made;
  }

  test('what was changed in both places is a conflict and overwrites nothing', async () => {
    const { told, asked, keep } = await conflicting();
    expect(told).toContainEqual(['conflict', 'a', 'theirs']);
    expect(told.at(-1)).toEqual(['state', 'conflict']);
    expect(asked.length).toBe(1);
    expect(keep.value?.cells).toEqual({ a: 'mine' });
  });

  test('keeping mine sends it over the newer revision', async () => {
    const { drafts, told, asked } = await conflicting();
    drafts.keepMine('a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toContainEqual(['conflict', 'a', null]);
    expect(asked.at(-1)?.body).toEqual({ revision: 8, cells: { a: 'mine' } });
    expect(told.at(-1)).toEqual(['state', 'saved']);
  });

  test('using theirs shows it and sends nothing', async () => {
    const { drafts, told, asked, keep } = await conflicting();
    drafts.useTheirs('a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toContainEqual(['replaced', 'a', 'theirs']);
    expect(asked.length).toBe(1);
    expect(keep.value).toBeNull();
  });

  test('a session that ended keeps the text and does not go on asking', async () => {
    const { drafts, told, asked, keep } = store(undefined, new ApiError(401, '', ''));
    drafts.load({ revision: 0, cells: {} });
    drafts.edit('a', 'x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.at(-1)).toEqual(['state', 'signed_out']);
    expect(asked.length).toBe(1);
    expect(keep.value?.cells).toEqual({ a: 'x' });
  });

  test('leaving the page sends at once', () => {
    const { drafts, asked } = store(undefined, { revision: 1 });
    drafts.load({ revision: 0, cells: {} });
    drafts.flush(true);
    expect(asked).toEqual([]);
    drafts.edit('a', 'x');
    drafts.flush(true);
    expect(asked.length).toBe(1);
  });
});
