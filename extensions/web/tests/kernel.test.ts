// @vitest-environment node
import { expect, test } from 'vitest';
import { ApiError } from '../src/base/api';
import { Kernel } from '../src/lesson/kernel';
import { text } from '../src/strings';
import { fakeApi, pieces, type Answer } from './support';

function kernel(...answers: Answer[]) {
  const told: unknown[] = [];
  const { api, asked } = fakeApi(...answers);
  const made = new Kernel(api, 'lessons/c/m/l', { line: (line) => told.push(line), state: (state) => told.push(state) });
  return { kernel: made, told, asked };
}

const stream = (...lines: object[]): Response => new Response(pieces(lines.map((line) => JSON.stringify(line)).join('\n')));

test('attaching starts Python, and tells what it is doing', async () => {
  const { kernel: made, told, asked } = kernel(
    stream({ type: 'kernel', id: 'k1', state: 'starting', fresh: true }, { type: 'kernel', id: 'k1', state: 'idle' }, { type: 'done', status: 'ok' }),
  );
  expect(await made.attach()).toEqual({ status: 'ok', problem: '' });
  await made.whenReady();
  expect([made.id, made.state]).toEqual(['k1', 'idle']);
  expect(told.filter((one) => typeof one === 'string')).toEqual(['starting', 'starting', 'idle']);
  expect(asked[0]).toMatchObject({ method: 'POST', path: 'lessons/c/m/l/kernel' });
});

test('a run sends the exercise with its cells and tells every line', async () => {
  const output = { type: 'output', cell: 'x', output: { output_type: 'stream', name: 'stdout', text: 'hi' } };
  const { kernel: made, told, asked } = kernel(stream({ type: 'start', cell: 'x' }, output, { type: 'done', status: 'error' }));
  made.set('k1', 'idle');
  expect(await made.run('tidy', { tidy: 'print("hi")' })).toEqual({ status: 'error', problem: '' });
  expect(told).toContainEqual(output);
  expect(asked[0]).toMatchObject({ path: 'lessons/c/m/l/run', body: { exercise: 'tidy', cells: { tidy: 'print("hi")' } } });
});

test('a problem is told in the server’s words', async () => {
  const { kernel: made } = kernel(stream({ type: 'problem', code: 'no_visible_tests', message: 'No tests to see.' }, { type: 'done', status: 'error' }));
  expect(await made.check('tidy', {})).toEqual({ status: 'error', problem: 'No tests to see.' });
});

test('a stream that is cut off is a lost connection, not a success', async () => {
  const { kernel: made } = kernel(stream({ type: 'start', cell: 'x' }));
  expect(await made.run('tidy', {})).toEqual({ status: 'failed', problem: text.problems.offline });
});

test('a server that is not there leaves Python not running', async () => {
  const { kernel: made, told } = kernel(new ApiError(0, 'offline', ''));
  expect(await made.attach()).toEqual({ status: 'failed', problem: text.problems.offline });
  expect(told).toEqual(['starting', 'none']);
});

test.each([
  ['busy', true],
  ['starting', true],
  ['idle', false],
] as const)('a page that saw Python %s asks for what it may have missed: %s', async (state, missed) => {
  const { kernel: made, asked } = kernel(stream({ type: 'done', status: 'ok' }), stream({ type: 'done', status: 'ok' }));
  made.set('k1', state);
  await made.attach();
  expect(asked[0]).toMatchObject({ body: { catch_up: missed } });
  made.set('k1', 'idle');
  await made.attach();
  expect(asked[1]).toMatchObject({ body: { catch_up: false } });
});

test('a stream that was cut is caught up with', async () => {
  const { kernel: made, asked } = kernel(stream({ type: 'kernel', id: 'k1', state: 'busy' }), stream({ type: 'done', status: 'ok' }));
  made.set('k1', 'idle');
  await made.run('tidy', {});
  await made.attach();
  expect(asked[1]).toMatchObject({ path: 'lessons/c/m/l/kernel', body: { catch_up: true } });
});

test('restarting attaches anew', async () => {
  const { kernel: made, asked } = kernel(null, stream({ type: 'kernel', id: 'k1', state: 'idle', fresh: true }, { type: 'done', status: 'ok' }));
  made.set('k1', 'idle');
  await made.restart();
  expect(asked.map(({ path }) => path)).toEqual(['lessons/c/m/l/restart', 'lessons/c/m/l/kernel']);
});
