// What would be printed on a dark ground, too faint, or beyond the edge of the paper, as a list of sentences. Run as the body of a function.
const problems = new Set();
for (const element of document.querySelectorAll('main :is(p, li, th, td, blockquote, pre, code, math, summary)')) {
  const { width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) continue;
  const behind = ground(element);
  const white = { channels: [255, 255, 255], alpha: 1 };
  const paper = behind.alpha > 0 ? behind : white;
  const kind = `${element.localName} "${element.textContent.trim().slice(0, 30)}"`;
  if (luminance(paper.channels) < 0.7) problems.add(`a dark ground behind ${kind}`);
  else if (contrast(color(getComputedStyle(element).color).channels, paper.channels) < 4.5) problems.add(`${kind} is too faint`);
}
const edge = document.querySelector('main').getBoundingClientRect().right + 1;
for (const element of document.querySelectorAll('main :is(math, table, pre, svg):not(.qed-wide *)')) {
  const { width, right } = element.getBoundingClientRect();
  if (width > 0 && right > edge) problems.add(`${element.localName} "${element.textContent.trim().slice(0, 30)}" is cut off`);
}
return [...problems].slice(0, 20);
