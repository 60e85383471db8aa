/** Icons as strokes of the text's own colour; decoration beside words, so hidden from assistive technology. */

const PATHS = {
  check: '<path d="m4 10.5 4 4 8-9"/>',
  lock: '<rect x="4.5" y="9" width="11" height="7.5" rx="1.5"/><path d="M7 9V6.5a3 3 0 0 1 6 0V9"/>',
  half: '<path d="M10 4v12a6 6 0 0 0 0-12Z" fill="currentColor" stroke="none"/><circle cx="10" cy="10" r="6"/>',
  open: '<circle cx="10" cy="10" r="3.2" fill="currentColor" stroke="none"/>',
  due: '<path d="M15.5 10a5.5 5.5 0 1 1-1.7-4M14 2.8v3.4h-3.4"/>',
  run: '<path d="M6.5 4.5v11l9-5.5Z" fill="currentColor" stroke-linejoin="round"/>',
  stop: '<rect x="5.5" y="5.5" width="9" height="9" rx="1" fill="currentColor"/>',
  cross: '<path d="m5.5 5.5 9 9m0-9-9 9"/>',
  person: '<circle cx="10" cy="7" r="3"/><path d="M4.5 16.5a5.5 5.5 0 0 1 11 0"/>',
  hourglass: '<path d="M6 3.5h8M6 16.5h8M7 3.5c0 4 6 5 6 6.5s-6 2.5-6 6.5m6-13c0 4-6 5-6 6.5s6 2.5 6 6.5"/>',
  arrow: '<path d="M4 10h11.5m-4.5-4.5 4.5 4.5-4.5 4.5"/>',
  flag: '<path d="M5.5 17V3.5h9l-2 3.25 2 3.25h-9"/>',
  more: '<path d="M5 10v.2m5-.2v.2m5-.2v.2" stroke-width="2.8"/>',
  alert: '<path d="M10 6v5m0 2.8v.2"/><circle cx="10" cy="10" r="7"/>',
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `tb-icon tb-icon--${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = PATHS[name];
  return svg;
}
