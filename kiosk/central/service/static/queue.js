"use strict";
// The queue by keyboard: n begins.
document.addEventListener("keydown", (event) => {
  if (event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
  const start = document.getElementById("start");
  if (start) start.click();
});
