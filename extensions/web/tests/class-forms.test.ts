import { beforeEach, describe, expect, it } from 'vitest';
import { Api } from '../src/base/api';
import { bodyOf, sendForms } from '../src/class/forms';

const FORM = `<form data-post="api/v1/courses/a%20b/overrides">
  <select name="for"><option value="group:early: ü">x</option></select>
  <input name="reason" value="was ill"><button>Decide</button><p role="status"></p></form>`;

function form(): HTMLFormElement {
  const found = document.querySelector('form');
  if (!found) throw new Error('no form');
  return found;
}

async function submitted(answer: Response): Promise<{ sent: [string, RequestInit | undefined][]; reloads: number }> {
  const sent: [string, RequestInit | undefined][] = [];
  let reloads = 0;
  const api = new Api('/base/', (input, init) => {
    sent.push([input, init]);
    return Promise.resolve(answer);
  });
  sendForms(document, { reload: () => (reloads += 1) }, api);
  form().dispatchEvent(new Event('submit', { cancelable: true }));
  await new Promise((resolve) => setTimeout(resolve));
  return { sent, reloads };
}

describe('forms of the class pages', () => {
  beforeEach(() => {
    document.body.innerHTML = FORM;
  });

  it('say whom a decision is for by the kind before the first colon', () => {
    expect(bodyOf(form())).toEqual({ group: 'early: ü', reason: 'was ill' });
  });

  it('are sent as JSON with our header, and the page is shown anew', async () => {
    const { sent, reloads } = await submitted(Response.json({}, { status: 201 }));
    expect(sent.map(([input, init]) => [input, init?.method, init?.body])).toEqual([
      ['/base/api/v1/courses/a%20b/overrides', 'POST', '{"group":"early: ü","reason":"was ill"}'],
    ]);
    expect(sent[0]?.[1]?.headers).toMatchObject({ 'X-Trailbook': '1' });
    expect(reloads).toBe(1);
  });

  it('say why they were refused and can be sent again', async () => {
    const { reloads } = await submitted(Response.json({ message: 'Say why.', code: 'bad_override' }, { status: 422 }));
    expect(reloads).toBe(0);
    expect(form().querySelector('[role="status"]')?.textContent).toBe('Say why.');
    expect(form().querySelector('button')?.disabled).toBe(false);
  });
});
