import { text } from '../strings';
import { createEditor, type Editor } from './editor';
import { renderMarkdown } from './math';

export interface AnswerOptions {
  label: string;
  describedBy: string;
  /** The learner's own text; undefined shows the starter text. */
  draft: string | undefined;
  onChange(source: string): void;
  onRun(): void;
  onCheck(): void;
}

/** One answer cell: the editor in place of the starter text, and for Markdown a preview. */
export class AnswerCell {
  private readonly editor: Editor;
  private readonly starter: string;
  private silent = false;

  constructor(root: HTMLElement, options: AnswerOptions) {
    const source = root.querySelector('pre');
    this.starter = (source?.textContent ?? '').replace(/\n$/, '');
    const place = document.createElement('div');
    place.className = 'tb-editor';
    const isMarkdown = root.dataset['language'] === 'markdown';
    this.editor = createEditor(place, {
      ...options,
      language: root.dataset['language'] ?? 'python',
      source: options.draft ?? this.starter,
      onChange: (value) => {
        if (!this.silent) options.onChange(value);
      },
    });
    if (source) source.replaceWith(place);
    else root.prepend(place);
    if (isMarkdown) this.addPreview(place);
  }

  get(): string {
    return this.editor.get();
  }

  get changed(): boolean {
    return this.get() !== this.starter;
  }

  /** Show a text that comes from elsewhere; it is not an edit of this page. */
  set(source: string): void {
    this.silent = true;
    this.editor.set(source);
    this.silent = false;
  }

  reset(): void {
    this.editor.set(this.starter);
    this.editor.view.focus();
  }

  private addPreview(place: HTMLElement): void {
    const preview = document.createElement('div');
    preview.className = 'tb-preview tb-markdown';
    preview.hidden = true;
    const tabs = document.createElement('div');
    tabs.className = 'tb-tabs';
    tabs.setAttribute('role', 'group');
    const button = (label: string): HTMLButtonElement => {
      const made = document.createElement('button');
      made.type = 'button';
      made.className = 'tb-tab';
      made.textContent = label;
      tabs.append(made);
      return made;
    };
    const write = button(text.exercise.write);
    const show = button(text.exercise.preview);
    const choose = (previewing: boolean): void => {
      write.setAttribute('aria-pressed', String(!previewing));
      show.setAttribute('aria-pressed', String(previewing));
      preview.hidden = !previewing;
      place.hidden = previewing;
      if (!previewing) return;
      const source = this.get().trim();
      if (source) void renderMarkdown(preview, source);
      else preview.textContent = text.exercise.previewEmpty;
    };
    write.addEventListener('click', () => {
      choose(false);
      this.editor.view.focus();
    });
    show.addEventListener('click', () => choose(true));
    place.before(tabs);
    place.after(preview);
    choose(false);
  }
}
