/** A chunk of its own: Markdown's grammar brings those of HTML, CSS and JavaScript with it. */
export { markdown } from '@codemirror/lang-markdown';
