import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface EditorOptions {
  language: string;
  source: string;
  label: string;
  /** Id of the element that says how the keyboard leaves the editor. */
  describedBy: string;
  onChange(source: string): void;
  onRun(): void;
  onCheck(): void;
}

export interface Editor {
  readonly view: EditorView;
  get(): string;
  /** Replace the whole text; the learner's undo brings the old one back. */
  set(source: string): void;
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], class: 'tb-code-keyword' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tb-code-string' },
  { tag: [tags.number, tags.bool, tags.null], class: 'tb-code-number' },
  { tag: tags.comment, class: 'tb-code-comment' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], class: 'tb-code-name' },
  { tag: tags.heading, class: 'tb-code-heading' },
  { tag: tags.strong, class: 'tb-code-strong' },
  { tag: tags.emphasis, class: 'tb-code-emphasis' },
  { tag: [tags.link, tags.url], class: 'tb-code-string' },
]);

const INDENT = '    ';

/** Indent the selected lines, or go on to the next indentation step at the cursor. */
function indent(view: EditorView): boolean {
  const { main } = view.state.selection;
  if (!main.empty) return indentMore(view);
  const column = main.head - view.state.doc.lineAt(main.head).from;
  view.dispatch(view.state.replaceSelection(INDENT.slice(column % INDENT.length)));
  return true;
}

/** Tab indents, until Escape says that the next Tab is meant for the page. */
function leavableTab(): Extension {
  let leave = false;
  return [
    EditorView.domEventHandlers({
      keydown(event) {
        if (event.key === 'Escape') leave = true;
        else if (event.key !== 'Tab' && event.key !== 'Shift') leave = false;
        return false;
      },
      blur() {
        leave = false;
        return false;
      },
    }),
    keymap.of([{ key: 'Tab', run: (view) => !leave && indent(view), shift: (view) => !leave && indentLess(view) }]),
  ];
}

export function createEditor(parent: HTMLElement, options: EditorOptions): Editor {
  const isCode = options.language !== 'markdown';
  const act = (action: () => void) => () => {
    action();
    return true;
  };
  const language = new Compartment();
  const extensions: Extension[] = [
    keymap.of([
      { key: 'Mod-Enter', run: act(options.onRun) },
      { key: 'Ctrl-Enter', run: act(options.onRun) },
      ...(isCode ? [{ key: 'Shift-Enter', run: act(options.onCheck) }] : []),
    ]),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    syntaxHighlighting(colours),
    language.of(isCode ? python() : []),
    isCode
      ? [lineNumbers(), bracketMatching(), closeBrackets(), indentOnInput(), indentUnit.of(INDENT), leavableTab()]
      : EditorView.lineWrapping,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      tabindex: '0',
      'aria-describedby': options.describedBy,
      spellcheck: String(!isCode),
      autocorrect: 'off',
      autocapitalize: isCode ? 'off' : 'sentences',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onChange(update.state.doc.toString());
    }),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: options.source, extensions }), parent });
  // Lines are as high as their font, which may come after the editor was measured.
  void document.fonts.ready.then(() => view.requestMeasure());
  if (!isCode) {
    void import('./markdown-language').then(({ markdown }) => view.dispatch({ effects: language.reconfigure(markdown()) }));
  }
  return {
    view,
    get: () => view.state.doc.toString(),
    set(source) {
      if (source !== view.state.doc.toString()) {
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
      }
    },
  };
}
