// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../src/base/api';
import { AttemptWatch } from '../src/lesson/attempts';
import { fakeApi, type Answer } from './support';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch(...answers: Answer[]) {
  const told: unknown[][] = [];
  const { api, asked } = fakeApi(...answers);
  const made = new AttemptWatch(api, {
    graded: (attempt) => told.push(['graded', attempt.id]),
    slow: (id) => told.push(['slow', id]),
    waits: (id, why) => told.push(['waits', id, why]),
  });
  return { watch: made, told, asked };
}

test('asks nothing when the live event comes first', async () => {
  const { watch: made, told, asked } = watch({});
  made.follow('a b');
  made.told('a b');
  await vi.advanceTimersByTimeAsync(60_000);
  expect([told, asked]).toEqual([[], []]);
});

test('asks for itself when no event comes, and says when it takes long', async () => {
  const { watch: made, told, asked } = watch({ status: 'queued' }, new ApiError(503, '', ''), { id: 'a b', status: 'done' });
  made.follow('a b');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual([
    ['slow', 'a b'],
    ['graded', 'a b'],
  ]);
  expect(asked[0]?.path).toBe('attempts/a%20b');
  expect(asked.length).toBe(3);
});

test('tells the place in the line for as long as there is one', async () => {
  const waits = (message: string): Answer => ({ status: 'queued', message });
  const { watch: made, told } = watch(waits('2 are before it.'), waits('One is before it.'), { id: 'a', status: 'done' });
  made.follow('a');
  await vi.advanceTimersByTimeAsync(30_000);
  expect(told).toEqual([
    ['waits', 'a', '2 are before it.'],
    ['waits', 'a', 'One is before it.'],
    ['graded', 'a'],
  ]);
});

test('gives up on an attempt that is not there', async () => {
  const { watch: made, told, asked } = watch(new ApiError(404, 'unknown_attempt', ''));
  made.follow('a');
  await vi.advanceTimersByTimeAsync(60_000);
  expect([told, asked.length]).toEqual([[], 1]);
});
