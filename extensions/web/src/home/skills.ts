import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { icon } from '../base/icons';
import { text } from '../strings';
import type { CoursePath, SkillView } from '../types';

const MOST_AHEAD = 4; // more are folded away

/** A way as the trail draws it: marked out by dots, and walked as far as the skill is held. Its number stands beside it. */
function way(share: number): TemplateResult {
  const walked: SVGTemplateResult | typeof nothing =
    share > 0 ? svg`<line class="tb-way__walked" x1="1.5" y1="5" x2=${1.5 + 97 * Math.min(share, 1)} y2="5" vector-effect="non-scaling-stroke"></line>` : nothing;
  return html`<svg class="tb-way" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <line class="tb-way__ahead" x1="1.5" y1="5" x2="98.5" y2="5" vector-effect="non-scaling-stroke"></line>
    ${walked}
  </svg>`;
}

function row(skill: SkillView): TemplateResult {
  return html`<li class="tb-skill ${skill.held ? 'tb-skill--held' : ''}" data-skill=${skill.name}>
    <p class="tb-skill__title">${skill.title}</p>
    <p class="tb-skill__share">
      ${skill.held ? html`${icon('check')}<span class="tb-visually-hidden">${text.skills.held}, </span>` : nothing}${text.skills.tenths(skill.mastery)}
    </p>
    ${way(skill.mastery)}
    <p class="tb-skill__evidence">${skill.evidence}</p>
  </li>`;
}

function ahead(skills: readonly SkillView[]): TemplateResult | typeof nothing {
  if (!skills.length) return nothing;
  const list = html`<ul class="tb-ahead">
    ${skills.map((skill) => html`<li data-skill=${skill.name}>${skill.title}${way(0)}</li>`)}
  </ul>`;
  if (skills.length <= MOST_AHEAD) return html`<h4>${text.skills.ahead}</h4>
      ${list}`;
  return html`<details class="tb-fold">
    <summary>${text.skills.aheadAll(skills.length)}</summary>
    ${list}
  </details>`;
}

/** The skills of a course with what each is believed for; nothing in a course that goes by points. */
export function skillMap(course: CoursePath): TemplateResult | typeof nothing {
  if (!course.skills.length) return nothing;
  const seen = course.skills.filter((skill) => skill.answered > 0);
  const unseen = course.skills.filter((skill) => skill.answered === 0);
  const id = `skills-${course.name}`;
  return html`<section class="tb-skills" aria-labelledby=${id}>
    <h3 id=${id}>${text.skills.title}</h3>
    <p class="tb-skills__legend">${seen.length ? text.skills.legend : text.skills.none}</p>
    ${seen.length
      ? html`<ul class="tb-skills__list">
          ${seen.map(row)}
        </ul>`
      : nothing}
    ${ahead(unseen)}
  </section>`;
}
