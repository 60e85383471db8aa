import katex from 'katex';
import 'katex/dist/katex.min.css';
import { stopWhereItScrolls } from './scroll-stops';

/** Show a formula; one that KaTeX cannot read stays as it was written, marked as such. */
export function setTex(element: HTMLElement, tex: string, display: boolean): void {
  element.classList.toggle('tb-math--display', display);
  if (display) {
    stopWhereItScrolls(element);
    element.setAttribute('role', 'math');
    element.setAttribute('aria-label', tex);
  }
  katex.render(tex, element, { displayMode: display, throwOnError: false, errorColor: 'inherit', output: 'htmlAndMathml' });
}
