import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError } from '../src/base/api';
import { Kernel } from '../src/lesson/kernel';
import { Widgets } from '../src/lesson/widgets';
import { text } from '../src/strings';
import { fakeApi, type Answer } from './support';

let box: HTMLElement;
let messages: string[];
let late = 0;

const setup = { page_config: { kernelId: 'k1', federated_extensions: [{ name: 'jupyterlab_pygments' }, { name: 'anywidget' }] }, scripts: [] };

/** A widget as the manager gives it: a slider with its name beside it. */
function luminoWidget() {
  const node = document.createElement('div');
  node.innerHTML = '<div class="widget-slider"><label class="widget-label">Size</label><div role="slider"></div></div>';
  return { node, processMessage: (message: { type: string }) => messages.push(message.type) };
}

beforeEach(() => {
  box = document.createElement('div');
  messages = [];
  document.body.innerHTML = '<div class="jp-LabShell" id="main"></div>';
  window.jupyterapp = {
    widgetManagerPromise: {
      promise: Promise.resolve({
        get_model: (id: string) => {
          if (id === 'gone' || (id === 'late' && late-- > 1)) return Promise.reject(new Error('no model'));
          return Promise.resolve({ id });
        },
        create_view: () => Promise.resolve({ luminoWidget: luminoWidget() }),
      }),
    },
  } as NonNullable<Window['jupyterapp']>;
});

afterEach(() => {
  delete window.jupyterapp;
  document.getElementById('jupyter-config-data')?.remove();
});

function widgets(...answers: Answer[]) {
  const { api, asked } = fakeApi(...answers);
  const kernel = new Kernel(api, 'x', { line: () => undefined, state: () => undefined });
  return { widgets: new Widgets(api, kernel, 300), kernel, asked };
}

test('a widget waits for its kernel, and its manager is fetched once', async () => {
  const { widgets: made, kernel, asked } = widgets(setup);
  const shown = Promise.all([made.show('a', box), made.show('b', document.createElement('div'))]);
  expect(asked).toEqual([]);
  kernel.set('k1', 'idle');
  await shown;
  expect(asked.map(({ path }) => path)).toEqual(['widgets?kernel=k1']);
  expect(messages).toContain('after-attach');
  expect(box.querySelector('[role="slider"]')?.getAttribute('aria-label')).toBe('Size');
});

test('Voilà gets its configuration, without what restyles the page, and leaves the page its own main', async () => {
  const before = window.addEventListener;
  const { widgets: made, kernel } = widgets(setup);
  kernel.set('k1', 'idle');
  await made.show('a', box);
  expect(JSON.parse(document.getElementById('jupyter-config-data')?.textContent ?? '')).toEqual({
    kernelId: 'k1',
    federated_extensions: [{ name: 'anywidget' }],
  });
  expect(document.getElementById('main')).toBeNull();
  expect(window.addEventListener).toBe(before);
});

test('a model may come a moment after its output', async () => {
  const { widgets: made, kernel } = widgets(setup);
  kernel.set('k1', 'idle');
  await made.show('a', box);
  late = 3;
  await made.show('late', box);
  expect([late, box.querySelector('[role="slider"]') !== null]).toEqual([0, true]);
});

test('a widget whose model is gone says how it comes back', async () => {
  const { widgets: made, kernel } = widgets(setup);
  kernel.set('k1', 'idle');
  await made.show('gone', box);
  expect(box.textContent).toBe(text.exercise.widgetGone);
});

test('another kernel needs another page', async () => {
  const { widgets: made, kernel } = widgets(setup);
  kernel.set('k1', 'idle');
  await made.show('a', box);
  kernel.set('k2', 'idle');
  await made.show('b', box);
  expect(box.textContent).toBe(text.exercise.widgetReload);
});

test('a manager that cannot be fetched is said, and tried again by the next widget', async () => {
  const { widgets: made, kernel } = widgets(new ApiError(503, '', ''), setup);
  kernel.set('k1', 'idle');
  await made.show('a', box);
  expect(box.textContent).toBe(text.exercise.widgetFailed);
  await made.show('a', box);
  expect(box.querySelector('[role="slider"]')).not.toBeNull();
});
