// What a test asks about the marks of a page. Run as the body of a function.
window.marks = () => [...document.querySelectorAll('main .qed')];
const carrier = mark => mark.dataset.qed ? mark : mark.querySelector(':scope > mtext > span');
// The positions of the marks whose tips are shown.
window.open = () => [...marks().keys()].filter(
  at => getComputedStyle(carrier(marks()[at]), '::before').display !== 'none');
// The middle of a mark, brought into the window.
window.place = at => {
  marks()[at].scrollIntoView({ block: 'center', inline: 'center' });
  const { left, top, width, height } = marks()[at].getBoundingClientRect();
  return [left + width / 2, top + height / 2];
};
