// What is wrong with the page as it is laid out, as a list of sentences. Run as the body of a function.
const problems = [];
const box = element => element.getBoundingClientRect();
const short = element => element.textContent.trim().slice(0, 60);
const expect = (good, problem) => { if (!good) problems.push(problem); };

for (const math of document.querySelectorAll('main math')) {
  const { width, height } = box(math);
  expect(width > 0 && height > 0, `a formula has no size: ${short(math)}`);
}
for (const fraction of document.querySelectorAll('main mfrac')) {
  const [above, below] = [...fraction.children].map(box);
  expect(above.bottom <= below.top + 1, `a fraction is not stacked: ${short(fraction)}`);
}
for (const row of document.querySelectorAll('main mtr + mtr')) {
  expect(box(row).top >= box(row.previousElementSibling).bottom - 1, `rows overlap: ${short(row)}`);
}
for (const error of document.querySelectorAll('main merror, main .qed-error')) {
  problems.push(`a formula was not understood: ${short(error)}`);
}
for (const image of document.querySelectorAll('main img')) {
  expect(image.complete && image.naturalWidth > 0, `an image is not there: ${image.src}`);
}
for (const drawing of document.querySelectorAll('main svg:not(.qed-plot > svg)')) {
  expect(box(drawing).width > 0 && box(drawing).height > 0, 'a drawing has no size');
}
// A figure has one drawing for wide pages and one for narrow ones.
for (const figure of document.querySelectorAll('main .qed-plot')) {
  const shown = [...figure.querySelectorAll(':scope > svg')].filter(drawing => box(drawing).width > 0);
  const fits = shown.length === 1 && box(shown[0]).height > 0 && box(shown[0]).width <= box(figure).width + 1;
  expect(fits, 'a figure is not shown once and whole');
}

// LaTeX that was left over.
const text = document.querySelector('main').cloneNode(true);
text.querySelectorAll('code, style, script, annotation').forEach(element => element.remove());
const left = text.textContent.match(/\$\$|\\(?:frac|begin|sum|text)\b|\{\{#/);
expect(!left, `unrendered: ${left && left[0]}`);

// Marks say nothing until they are asked, and then what they know.
const marks = document.querySelectorAll('main .qed');
for (const mark of marks) {
  const carrier = mark.dataset.qed ? mark : mark.querySelector(':scope > mtext > span');
  if (!carrier) { problems.push(`a mark carries no text: ${short(mark)}`); continue; }
  const tip = () => getComputedStyle(carrier, '::before');
  expect(mark.getAttribute('aria-label'), `a mark has no name: ${short(mark)}`);
  expect(tip().display === 'none', `a tip is always shown: ${carrier.dataset.qed}`);
  mark.focus();
  expect(document.activeElement === mark, `a mark cannot be focused: ${short(mark)}`);
  expect(tip().display !== 'none', `a tip is not shown on focus: ${carrier.dataset.qed}`);
  expect(tip().content.length > 2, `a tip has no text: ${short(mark)}`);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect(wide <= 1, `a tip makes the page ${wide} px too wide: ${carrier.dataset.qed}`);
  mark.blur();
}

const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
expect(wide <= 1, `the page is ${wide} px too wide`);
return { problems, formulas: document.querySelectorAll('main math').length, marks: marks.length };
