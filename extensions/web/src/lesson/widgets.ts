import type { Api } from '../base/api';
import { text } from '../strings';
import type { Kernel } from './kernel';

/** The part of Voilà's application and widget manager that we use. */
interface WidgetManager {
  get_model(id: string): Promise<unknown>;
  create_view(model: unknown, options?: object): Promise<{ luminoWidget?: LuminoWidget; pWidget?: LuminoWidget }>;
}

interface LuminoWidget {
  node: HTMLElement;
  processMessage?(message: unknown): void;
}

interface VoilaApp {
  widgetManagerPromise: { promise: Promise<WidgetManager> };
}

declare global {
  interface Window {
    jupyterapp?: VoilaApp;
  }
}

interface WidgetSetup {
  page_config: Record<string, unknown>;
  scripts: string[];
}

const START_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 50;

function loadScript(source: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`${source} could not be loaded`));
    document.head.append(script);
  });
}

/** Voilà starts its application when the page has loaded, and puts it on `window`. */
async function startedApp(): Promise<VoilaApp> {
  const until = Date.now() + START_MILLISECONDS;
  while (!window.jupyterapp) {
    if (Date.now() > until) throw new Error('The widget manager did not start');
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  return window.jupyterapp;
}

/**
 * Shows ipywidgets with Voilà's own widget manager, so that a widget works here as in any Voilà page.
 *
 * Fetched for the first widget of a page, never before: it is several megabytes.
 */
export class Widgets {
  private manager: Promise<WidgetManager> | null = null;
  private kernelId: string | null = null;

  constructor(
    private readonly api: Api,
    private readonly kernel: Kernel,
  ) {}

  async show(modelId: string, element: HTMLElement): Promise<void> {
    await this.kernel.whenReady();
    try {
      const manager = await this.load();
      const model = await manager.get_model(modelId).catch(() => null);
      if (!model) return this.say(element, text.exercise.widgetGone);
      const view = await manager.create_view(model);
      const widget = view.luminoWidget ?? view.pWidget;
      if (!widget) return this.say(element, text.exercise.widgetFailed);
      element.replaceChildren(widget.node);
      // Lumino tells a widget that it is in the page by messages, which its own layout sends in JupyterLab.
      for (const type of ['after-attach', 'after-show']) widget.processMessage?.({ type, isConflatable: false });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.say(element, text.exercise.widgetFailed);
    }
  }

  private say(element: HTMLElement, message: string): void {
    const line = document.createElement('p');
    line.className = 'tb-output__wait';
    line.textContent = message;
    element.replaceChildren(line);
  }

  private load(): Promise<WidgetManager> {
    // Voilà's manager lives with one kernel for the life of the page; another kernel needs another page.
    if (this.manager && this.kernelId !== this.kernel.id) return Promise.reject(new Error('Another kernel runs now'));
    this.manager ??= this.start();
    return this.manager;
  }

  private async start(): Promise<WidgetManager> {
    this.kernelId = this.kernel.id;
    const setup = await this.api.get<WidgetSetup>(`widgets?kernel=${encodeURIComponent(this.kernelId ?? '')}`);
    const config = document.createElement('script');
    config.id = 'jupyter-config-data';
    config.type = 'application/json';
    config.textContent = JSON.stringify({ ...setup.page_config, mathjaxUrl: '', fullMathjaxUrl: '' });
    document.head.append(config);
    // Voilà ends the kernel when the page is left. Ours lives on: this listener comes first and stops that one.
    window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation());
    for (const source of setup.scripts) await loadScript(source);
    window.dispatchEvent(new Event('load')); // long past in this page, and what Voilà waits for
    const app = await startedApp();
    return app.widgetManagerPromise.promise;
  }
}
