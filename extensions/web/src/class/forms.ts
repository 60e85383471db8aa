/** Forms of the class pages: sent as JSON by a script of ours, because no other page may change anything here. */

import { Api, ApiError } from '../base/api';
import { text } from '../strings';

/** What a form says, as JSON; the choice `for`, written `learner:NAME` or `group:NAME`, becomes that key. */
export function bodyOf(form: HTMLFormElement): Record<string, string> {
  const body: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== 'string') continue;
    if (name === 'for') {
      const colon = value.indexOf(':');
      body[value.slice(0, colon)] = value.slice(colon + 1);
    } else body[name] = value;
  }
  return body;
}

/** Send every form that names an address in `data-post`, and show the page anew when it was taken. */
export function sendForms(root: ParentNode, page: { reload: () => void }, api?: Api): void {
  const base = document.documentElement.dataset['baseUrl'] ?? '/';
  const sender = api ?? new Api(base);
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-post]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void send(form, page, sender);
    });
  }
}

async function send(form: HTMLFormElement, page: { reload: () => void }, api: Api): Promise<void> {
  const says = form.querySelector<HTMLElement>('[role="status"]');
  const button = form.querySelector<HTMLButtonElement>('button');
  if (says) says.textContent = '';
  if (button) button.disabled = true;
  try {
    await api.post(form.dataset['post'] ?? '', bodyOf(form));
    page.reload();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (says) says.textContent = error.message || text.classNotSent;
  } finally {
    if (button) button.disabled = false;
  }
}
