// Puts displays as KaTeX and MathJax set them, far too wide, in the places of the page's own, and returns how many and how
// many of them can be scrolled. Run as the body of a function.
const style = document.createElement('style');
style.textContent = '.katex-display, .MathJax_Display { display: block; margin: 1em 0; } .nowrap { display: block; white-space: nowrap; }';
document.head.append(style);
const makes = [
  () => { const it = document.createElement('span'); it.className = 'katex-display'; return it; },
  () => { const it = document.createElement('div'); it.className = 'MathJax_Display'; return it; },
  () => { const it = document.createElement('mjx-container'); it.setAttribute('display', 'true'); it.style.display = 'block'; return it; },
];
const texts = [];
const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
while (walker.nextNode()) if (walker.currentNode.data.includes('$$')) texts.push(walker.currentNode);
const displays = texts.map((text, at) => {
  const display = makes[at % makes.length]();
  display.innerHTML = `<span class="nowrap">${'x + '.repeat(400)}y</span>`;
  text.replaceWith(display);
  return display;
});
const scrolled = displays.filter(display => {
  display.scrollLeft = 100;
  return display.scrollLeft > 0;
});
return [displays.length, scrolled.length];
