"use strict";
// The queue by keyboard: n begins, u takes the last decision back.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const button = document.getElementById({ n: "start", u: "undo" }[event.key]);
  if (button) button.click();
});
