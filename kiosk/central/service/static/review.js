"use strict";
// The review page by keyboard: a approves, 1-9 choose reasons, Enter rejects, Escape clears,
// n goes on, u takes the last decision back, z zooms, l shows the standard's lines. Without this script the buttons do the same.
const form = document.getElementById("decision");
const note = document.getElementById("note");
const boxes = form ? [...form.querySelectorAll("input[name=reason]")] : [];
let sent = false;

function chosen() {
  return boxes.some((box) => box.checked);
}

function say(text) {
  if (note) note.textContent = text;
}

function press(id) {
  const button = document.getElementById(id);
  if (button) button.click();
}

function showLines() {
  const lines = document.getElementById("lines");
  if (!lines) return;
  const button = document.getElementById("show-lines");
  const visible = lines.hasAttribute("hidden");
  lines.toggleAttribute("hidden", !visible);
  if (button) button.setAttribute("aria-pressed", String(visible));
}

function zoom() {
  const frame = document.querySelector(".photo .frame");
  const button = document.getElementById("zoom");
  const large = frame.classList.toggle("zoomed");
  if (button) button.setAttribute("aria-pressed", String(large));
}

const keys = {
  u: () => press("undo"),
  z: zoom,
  a: () => press("approve"),
  Enter: () => press("reject"),
  n: () => press("skip"),
  l: showLines,
  Escape: () => {
    for (const box of boxes) box.checked = false;
    say("");
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Enter on a focused link or other button keeps its usual meaning.
  if (key === "Enter" && event.target.closest("a, button")) return;
  const box = boxes.find((candidate) => candidate.dataset.key === key);
  if (box) {
    box.checked = !box.checked;
    say("");
  } else if (key in keys) {
    keys[key]();
  } else {
    return;
  }
  event.preventDefault();
});

if (form) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter ? event.submitter.id : "reject";
    let problem = "";
    if (button === "reject" && !chosen()) problem = form.dataset.choose;
    if (button === "approve" && chosen()) problem = form.dataset.clear;
    if (problem || sent) {
      event.preventDefault();
      say(problem);
      return;
    }
    sent = true; // a second press must not decide on the next photo
  });
}

const button = document.getElementById("show-lines");
if (button) button.addEventListener("click", showLines);
const zoomButton = document.getElementById("zoom");
if (zoomButton) zoomButton.addEventListener("click", zoom);

// Coming back by the browser's history: the form may be sent again.
window.addEventListener("pageshow", () => {
  sent = false;
});
