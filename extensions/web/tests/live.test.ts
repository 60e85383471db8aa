// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { ApiError, type Api } from '../src/base/api';
import { Live, readMessages, type LiveState } from '../src/base/live';
import type { LiveEvent } from '../src/types';
import { collect, pieces } from './support';

describe('readMessages', () => {
  test('reads events, ids that stay, comments and data of several lines', async () => {
    const stream = pieces(': ping\n\nevent: a\nid: 7\ndata: {"x":\nda', 'ta: 1}\n\nevent: b\r\ndata:2\r\n\r\ndata: cut off');
    expect(await collect(readMessages(stream))).toEqual([
      { event: 'a', id: '7', data: '{"x":\n1}' },
      { event: 'b', id: '7', data: '2' },
    ]);
  });
});

interface Told {
  events: LiveEvent[];
  states: [LiveState, boolean][];
  headers: Record<string, string>[];
}

/** Follow answers given in turn; the last one signs out, which ends the loop. */
async function follow(...answers: (Response | ApiError)[]): Promise<Told> {
  const told: Told = { events: [], states: [], headers: [] };
  const queue = [...answers, new ApiError(401, '', '')];
  const api = {
    send: (_method: string, _path: string, options: { headers: Record<string, string> }) => {
      told.headers.push(options.headers);
      const answer = queue.shift();
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error('asked too often'));
    },
  } as unknown as Api;
  const live = new Live(
    api,
    'events',
    { event: (event) => told.events.push(event), state: (state, again) => told.states.push([state, again]) },
    [0],
  );
  await live.run();
  return told;
}

describe('Live', () => {
  test('tells events with their kind, and those of our own server with bare data', async () => {
    const body = 'event: lesson_unlocked\nid: 3\ndata: {"course":"c","lesson":"m/two","data":{"because":"x"}}\n\nevent: service\ndata: {"up":false}\n\n';
    const told = await follow(new Response(pieces(body)));
    expect(told.events).toEqual([
      { kind: 'lesson_unlocked', course: 'c', lesson: 'm/two', data: { because: 'x' } },
      { kind: 'service', data: { up: false } },
    ]);
  });

  test('connects again after an end and after a refusal, from the last event it saw', async () => {
    const first = new Response(pieces('id: 41\nevent: x\ndata: {}\n\n'));
    const told = await follow(first, new ApiError(502, '', ''), new Response(pieces('')));
    expect(told.headers.map((headers) => headers['Last-Event-ID'])).toEqual([undefined, '41', '41', '41']);
    expect(told.states).toEqual([
      ['connecting', false],
      ['live', false],
      ['lost', true],
      ['lost', true],
      ['live', true],
      ['lost', true],
      ['signed_out', true],
    ]);
  });

  test('says when the person is signed out and stops asking', async () => {
    expect((await follow()).states).toEqual([
      ['connecting', false],
      ['signed_out', false],
    ]);
  });
});
