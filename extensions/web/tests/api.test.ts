import { afterEach, describe, expect, test } from 'vitest';
import { Api, ApiError } from '../src/base/api';

function answering(response: Response | Error): { api: Api; calls: [string, RequestInit | undefined][] } {
  const calls: [string, RequestInit | undefined][] = [];
  const api = new Api('/user/a%40b/', (input, init) => {
    calls.push([input, init]);
    return response instanceof Error ? Promise.reject(response) : Promise.resolve(response);
  });
  return { api, calls };
}

afterEach(() => {
  delete document.documentElement.dataset['xsrf'];
});

describe('Api', () => {
  test('a write carries the XSRF token of the page, our header and its key', async () => {
    document.documentElement.dataset['xsrf'] = '2|abc';
    const { api, calls } = answering(Response.json({ ok: true }, { status: 202 }));
    expect(await api.post('attempts', { a: 1 }, { key: 'k' })).toEqual({ ok: true });
    const [url, init] = calls[0] ?? [];
    expect(url).toBe('/user/a%40b/attempts');
    expect(init?.headers).toEqual({
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'X-Trailbook': '1',
      'X-XSRFToken': '2|abc',
      'Idempotency-Key': 'k',
    });
    expect(init?.body).toBe('{"a":1}');
  });

  test('a read carries the token, which a hub asks for, and nothing of a write', async () => {
    document.documentElement.dataset['xsrf'] = 'x';
    const { api, calls } = answering(Response.json({}));
    await api.get('home');
    expect(calls[0]?.[1]?.headers).toEqual({ Accept: 'application/json', 'X-XSRFToken': 'x' });
  });

  test('204 is no content', async () => {
    expect(await answering(new Response(null, { status: 204 })).api.post('interrupt')).toBeNull();
  });

  test('a refusal keeps status, code, message and details', async () => {
    const body = { message: 'It opens later.', code: 'lesson_locked', details: { because: 'x' } };
    const error = await answering(Response.json(body, { status: 403 })).api.get('x').catch((reason: unknown) => reason);
    expect(error).toEqual(new ApiError(403, 'lesson_locked', 'It opens later.', { because: 'x' }));
    expect(error).toMatchObject({ transient: false, signedOut: false });
  });

  test.each([
    [502, true],
    [503, true],
    [429, true],
    [404, false],
    [413, false],
  ])('status %i with a page of a proxy is transient: %s', async (status, transient) => {
    const error = await answering(new Response('<html>', { status })).api.get('x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status, code: '', transient });
  });

  test('no answer at all is offline, and transient', async () => {
    const error = await answering(new TypeError('Failed to fetch')).api.get('x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 0, code: 'offline', transient: true });
  });

  test.each([
    [401, 'not_signed_in'],
    [403, 'refused'],
    [403, ''],
  ])('%i %j means sign in again', async (status, code) => {
    const error = await answering(Response.json({ code }, { status })).api.get('x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ signedOut: true, transient: false });
  });
});
