// Text that is too faint in one of mdBook's themes, as a list of sentences. Run as the body of a function.
const problems = [];
const page = document.documentElement;
const before = page.className;
const mark = document.querySelector('main .qed');
const carrier = mark.dataset.qed ? mark : mark.querySelector(':scope > mtext > span');
mark.focus();
for (const theme of ['light', 'rust', 'coal', 'navy', 'ayu']) {
  page.className = `js ${theme}`;
  const tip = getComputedStyle(carrier, '::before');
  const [text, behind] = [color(tip.color), color(tip.backgroundColor)];
  const ratio = contrast(text.channels, behind.channels);
  if (behind.alpha < 1) problems.push(`a tip is transparent in ${theme}`);
  if (ratio < 4.5) problems.push(`a tip is too faint in ${theme}: ${ratio.toFixed(2)}`);
  for (const math of [...document.querySelectorAll('main math')].slice(0, 5)) {
    const own = contrast(color(getComputedStyle(math).color).channels,
      ground(math).channels);
    if (own < 4.5) problems.push(`a formula is too faint in ${theme}: ${own.toFixed(2)}`);
  }
}
page.className = before;
return problems;
