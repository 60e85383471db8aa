import { html, nothing, type TemplateResult } from 'lit';
import type { TestView } from '../types';
import { testLines } from './verdict';

/** Tests of the attempt that is graded now, each as it ended; the verdict takes their place. */
export class TestStream {
  private attempt = '';
  private tests = new Map<string, TestView>();

  add(attempt: string, test: TestView): void {
    if (attempt !== this.attempt) this.clear();
    this.attempt = attempt;
    this.tests.set(test.grade_id, test);
  }

  clear(): void {
    this.tests = new Map();
  }

  /** Nothing for a single test: its line would only flash up before the verdict. */
  template(order: readonly string[]): TemplateResult | typeof nothing {
    if (!this.tests.size || order.length < 2) return nothing;
    return html`<div class="tb-result tb-result--stream">${testLines([...this.tests.values()], order, true)}</div>`;
  }
}
