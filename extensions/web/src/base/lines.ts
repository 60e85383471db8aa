/** Lines of a response as they arrive; the ground of both the NDJSON and the event stream. */
export async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = done ? '' : (lines.pop() ?? '');
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
      if (done) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // the consumer stopped early, or the connection is gone already
  }
}

/** Values of a newline-delimited JSON response; empty lines keep the connection alive and are skipped. */
export async function* readNdjson<T>(response: Response): AsyncGenerator<T> {
  if (!response.body) return;
  for await (const line of readLines(response.body)) {
    if (line.trim()) yield JSON.parse(line) as T;
  }
}
