// Escape puts the tip away that is shown, until the pointer or the focus comes back.
addEventListener("keydown", event => {
  if (event.key !== "Escape") return;
  for (const mark of document.querySelectorAll(".qed:is(:hover, :focus)")) {
    mark.classList.add("qed-closed");
    const open = () => mark.classList.remove("qed-closed");
    mark.addEventListener("blur", open, { once: true });
    mark.addEventListener("mouseleave", open, { once: true });
  }
});
