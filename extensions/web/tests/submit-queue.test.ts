// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../src/base/api';
import { SubmitQueue, type Sending } from '../src/lesson/submit-queue';
import { fakeApi, MemoryKeep, type Answer } from './support';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function queue(keep = new MemoryKeep<Sending[]>(), ...answers: Answer[]) {
  const told: unknown[][] = [];
  const { api, asked } = fakeApi(...answers);
  let keys = 0;
  const made = new SubmitQueue(
    api,
    'lessons/c/m/l',
    keep,
    {
      sending: (item, waiting) => told.push([waiting ? 'waiting' : 'sending', item.exercise]),
      accepted: (item, attempt) => told.push(['accepted', item.exercise, attempt.id]),
      refused: (item, error) => told.push(['refused', item.exercise, error.code]),
    },
    () => `key-${++keys}`,
  );
  return { queue: made, told, asked, keep };
}

const down = new ApiError(503, 'service_unavailable', '');

describe('SubmitQueue', () => {
  test('sends an answer with its key and forgets it once it is taken', async () => {
    const { queue: made, told, asked, keep } = queue(undefined, { id: 'at-1' });
    await made.add('attempt', 'tidy', 3, { tidy: 'x' });
    expect(asked).toEqual([
      {
        method: 'POST',
        path: 'lessons/c/m/l/attempts',
        body: { exercise: 'tidy', key: 'key-1', version: 3, cells: { tidy: 'x' } },
        key: 'key-1',
      },
    ]);
    expect(told).toEqual([
      ['sending', 'tidy'],
      ['accepted', 'tidy', 'at-1'],
    ]);
    expect(keep.value).toBeNull();
  });

  test('hands a lesson in at its own address', async () => {
    const { queue: made, asked } = queue(undefined, { id: 's' });
    await made.add('submission', null, 3, { tidy: 'x' });
    expect(asked[0]).toMatchObject({ path: 'lessons/c/m/l/submissions', body: { key: 'key-1', version: 3, cells: { tidy: 'x' } } });
  });

  test('waits while the service is down, says so, and sends the same key again', async () => {
    const { queue: made, told, asked, keep } = queue(undefined, down, down, { id: 'at-1' });
    await made.add('attempt', 'tidy', 1, { tidy: 'x' });
    expect(told.at(-1)).toEqual(['waiting', 'tidy']);
    expect(keep.value?.[0]?.key).toBe('key-1');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1']);
    expect(told.at(-1)).toEqual(['accepted', 'tidy', 'at-1']);
  });

  test('pressing the button again while it waits does not make a second attempt', async () => {
    const { queue: made, asked, keep } = queue(undefined, down);
    await made.add('attempt', 'tidy', 1, { tidy: 'x' });
    await made.add('attempt', 'tidy', 1, { tidy: 'x' });
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['key-1']));
    expect(keep.value?.length).toBe(1);
  });

  test('a newer answer takes the place of one that waits', async () => {
    const { queue: made, keep } = queue(undefined, down);
    await made.add('attempt', 'tidy', 1, { tidy: 'x' });
    await made.add('attempt', 'tidy', 1, { tidy: 'y' });
    expect(keep.value).toEqual([{ key: 'key-2', kind: 'attempt', exercise: 'tidy', version: 1, cells: { tidy: 'y' } }]);
  });

  test('an answer left by an earlier visit is sent with the key it had', async () => {
    const left: Sending = { key: 'old', kind: 'attempt', exercise: 'tidy', version: 1, cells: { tidy: 'x' } };
    const { queue: made, told, asked } = queue(new MemoryKeep([left]), { id: 'at-1' });
    made.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked[0]?.key).toBe('old');
    expect(told).toEqual([
      ['waiting', 'tidy'],
      ['accepted', 'tidy', 'at-1'],
    ]);
  });

  test('a refusal ends it, and what comes after is still sent', async () => {
    const { queue: made, told, keep } = queue(undefined, new ApiError(413, 'too_large', ''), { id: 'at-2' });
    await Promise.all([made.add('attempt', 'a', 1, { a: 'x' }), made.add('attempt', 'b', 1, { b: 'y' })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toContainEqual(['refused', 'a', 'too_large']);
    expect(told).toContainEqual(['accepted', 'b', 'at-2']);
    expect(keep.value).toBeNull();
  });

  test('a session that ended keeps the answer', async () => {
    const { queue: made, told, keep } = queue(undefined, new ApiError(401, '', ''));
    await made.add('attempt', 'tidy', 1, { tidy: 'x' });
    expect(told.at(-1)).toEqual(['waiting', 'tidy']);
    expect(keep.value?.length).toBe(1);
  });

  test('an answer that comes too soon goes back to its learner, a lesson handed in waits and is sent by itself', async () => {
    const soon = new ApiError(429, 'too_many_attempts', '', { seconds: 7 });
    const first = queue(undefined, soon);
    await first.queue.add('attempt', 'tidy', 3, { tidy: 'x' });
    expect(first.told.at(-1)).toEqual(['refused', 'tidy', 'too_many_attempts']);
    expect(first.keep.value).toBeNull();
    const second = queue(undefined, soon, { id: 'sub' });
    await second.queue.add('submission', null, 3, { tidy: 'x' });
    expect(second.told.at(-1)).toEqual(['waiting', null]);
    await vi.advanceTimersByTimeAsync(6999);
    expect(second.asked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(second.told.at(-1)).toEqual(['accepted', null, 'sub']);
    expect(new Set(second.asked.map((one) => one.key)).size).toBe(1);
  });
});
