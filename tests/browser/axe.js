// The barriers of the page that are serious or worse, as a list of sentences. Run as the body of a function whose last
// argument takes the answer, below axe-core.
const answer = arguments[arguments.length - 1];
const grave = ['serious', 'critical'];
axe.run(document.querySelector('main'), { resultTypes: ['violations'] }).then(found => {
  const barriers = found.violations.filter(barrier => grave.includes(barrier.impact));
  answer(barriers.flatMap(barrier => barrier.nodes.map(node =>
    `${barrier.id} (${barrier.impact}): ${node.html.slice(0, 160)}: ${node.failureSummary}`)));
}, problem => answer([`axe has failed: ${problem}`]));
