/** Requests to our own servers, with one shape for every refusal. */

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether the same request can succeed later without anyone changing it. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether the answer means that the person must sign in again. */
  get signedOut(): boolean {
    // Jupyter Server answers 403 where nobody is signed in, and `refused` is what our extension calls that.
    return this.status === 401 || (this.status === 403 && ['', 'refused'].includes(this.code));
  }
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

function xsrfToken(): string {
  // A learner's server writes its token into the page: behind a hub several cookies of that name can be seen.
  const given = document.documentElement.dataset['xsrf'];
  if (given) return given;
  const match = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie);
  return match?.[1] ? decodeURIComponent(match[1]) : '';
}

async function readError(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { message?: string; code?: string; details?: Record<string, unknown> };
    return new ApiError(response.status, body.code ?? '', body.message ?? '', body.details ?? {});
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new ApiError(response.status, '', '');
  }
}

export class Api {
  constructor(
    /** Address that paths are relative to, ending in "/". */
    readonly base: string,
    private readonly fetcher: Fetch = (input, init) => fetch(input, init),
  ) {}

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).json() as Promise<T>;
  }

  async put<T>(path: string, body: unknown, options: { keepalive?: boolean } = {}): Promise<T> {
    return (await this.send('PUT', path, { body, ...options })).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown = {}, options: { key?: string } = {}): Promise<T | null> {
    const response = await this.send('POST', path, { body, ...options });
    return response.status === 204 ? null : ((await response.json()) as T);
  }

  /** Send a request and return the response when it is a success; `ApiError` otherwise. */
  async send(
    method: string,
    path: string,
    options: {
      body?: unknown;
      key?: string;
      keepalive?: boolean;
      signal?: AbortSignal;
      headers?: Record<string, string>;
    } = {},
  ): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    const token = xsrfToken();
    if (token) headers['X-XSRFToken'] = token; // a server behind a hub asks for it on reads, too
    if (method !== 'GET') {
      headers['X-Trailbook'] = '1';
      headers['Content-Type'] = 'application/json';
    }
    if (options.key) headers['Idempotency-Key'] = options.key;
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (options.body !== undefined) init.body = JSON.stringify(options.body);
    if (options.keepalive) init.keepalive = true;
    if (options.signal) init.signal = options.signal;
    let response: Response;
    try {
      response = await this.fetcher(this.base + path, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError(0, 'offline', '');
    }
    if (!response.ok) throw await readError(response);
    return response;
  }
}
