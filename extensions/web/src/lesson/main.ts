import '../styles/lesson.css';
import { Api, ApiError } from '../base/api';
import { text } from '../strings';
import type { LessonState } from '../types';
import { TbExercise } from './exercise';
import { typesetMarked } from './math';
import { LessonPage } from './page';
import { stopWhereItScrolls } from './scroll-stops';

async function readState(api: Api): Promise<LessonState> {
  const embedded = document.getElementById('trailbook-data')?.textContent;
  if (embedded) return JSON.parse(embedded) as LessonState;
  const { course = '', module = '', lesson = '' } = document.documentElement.dataset;
  return api.get<LessonState>(`lessons/${[course, module, lesson].map(encodeURIComponent).join('/')}`);
}

async function start(): Promise<void> {
  void typesetMarked(document);
  document.querySelectorAll<HTMLElement>('pre[tabindex]').forEach(stopWhereItScrolls);
  const api = new Api(`${document.documentElement.dataset['baseUrl'] ?? '/'}trailbook/api/`);
  try {
    new LessonPage(api, await readState(api)).start();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const notice = document.createElement('p');
    notice.className = 'tb-notice tb-notice--danger';
    notice.setAttribute('role', 'alert');
    notice.textContent = text.page.stateFailed;
    document.querySelector('main')?.prepend(notice);
  }
}

customElements.define('tb-exercise', TbExercise);
void start();
