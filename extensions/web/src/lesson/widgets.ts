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
  page_config: { federated_extensions: { name: string }[] };
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

/**
 * Be the page that Voilà's script expects, until the returned function is called.
 *
 * It starts its application at the page's `load`, which is long past here, and ends the kernel when the page is left,
 * which ours must outlive.
 */
function hostVoila(): () => void {
  const add = window.addEventListener;
  window.addEventListener = (type: string, listener: EventListenerOrEventListenerObject, options?: AddEventListenerOptions | boolean) => {
    if (type === 'beforeunload') return;
    if (type === 'load' && document.readyState === 'complete' && typeof listener === 'function') listener(new Event('load'));
    else add.call(window, type, listener, options);
  };
  return () => {
    window.addEventListener = add;
  };
}

/** Leave out the extension that restyles highlighted code of the whole page. */
function withoutPageStyles(config: WidgetSetup['page_config']): WidgetSetup['page_config'] {
  const extensions = config.federated_extensions.filter((extension) => extension.name !== 'jupyterlab_pygments');
  return { ...config, federated_extensions: extensions };
}

/** Give sliders the name that stands beside them: the widget library leaves it out. */
function nameSliders(root: HTMLElement): void {
  for (const slider of root.querySelectorAll('[role="slider"]:not([aria-label])')) {
    const name = slider.closest('.widget-slider')?.querySelector('.widget-label')?.textContent;
    slider.setAttribute('aria-label', name?.trim() || text.exercise.slider);
  }
}

/** Voilà puts its application on `window` once it has started. */
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
    private readonly patienceMilliseconds = 4000,
  ) {}

  async show(modelId: string, element: HTMLElement): Promise<void> {
    await this.kernel.whenReady();
    // Voilà's manager lives with one kernel for the life of the page; another kernel needs another page.
    if (this.manager && this.kernelId !== this.kernel.id) return this.say(element, text.exercise.widgetReload);
    try {
      this.manager ??= this.start();
      const manager = await this.manager;
      const model = await this.findModel(manager, modelId);
      if (!model) return this.say(element, text.exercise.widgetGone);
      const view = await manager.create_view(model);
      const widget = view.luminoWidget ?? view.pWidget;
      if (!widget) return this.say(element, text.exercise.widgetFailed);
      element.replaceChildren(widget.node);
      nameSliders(element);
      new MutationObserver(() => nameSliders(element)).observe(element, { childList: true, subtree: true });
      // Lumino tells a widget that it is in the page by messages, which its own layout sends in JupyterLab.
      for (const type of ['after-attach', 'after-show']) widget.processMessage?.({ type, isConflatable: false });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.manager = null; // the next widget tries again
      this.say(element, text.exercise.widgetFailed);
    }
  }

  /** The model, which comes over the kernel's own connection and may be there a moment after the output. */
  private async findModel(manager: WidgetManager, id: string): Promise<unknown> {
    const until = Date.now() + this.patienceMilliseconds;
    for (;;) {
      const model = await manager.get_model(id).catch(() => null);
      if (model || Date.now() > until) return model;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  }

  private say(element: HTMLElement, message: string): void {
    const line = document.createElement('p');
    line.className = 'tb-output__wait';
    line.textContent = message;
    element.replaceChildren(line);
  }

  private async start(): Promise<WidgetManager> {
    this.kernelId = this.kernel.id;
    const setup = await this.api.get<WidgetSetup>(`widgets?kernel=${encodeURIComponent(this.kernelId ?? '')}`);
    document.getElementById('jupyter-config-data')?.remove();
    const config = document.createElement('script');
    config.id = 'jupyter-config-data';
    config.type = 'application/json';
    config.textContent = JSON.stringify(withoutPageStyles(setup.page_config));
    document.head.append(config);
    const restore = hostVoila();
    try {
      for (const source of setup.scripts) await loadScript(source);
      const app = await startedApp();
      document.querySelector('.jp-LabShell')?.removeAttribute('id'); // "main" is this page's own
      return await app.widgetManagerPromise.promise;
    } finally {
      restore();
    }
  }
}
