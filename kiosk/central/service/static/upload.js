// Shows the chosen picture under the photo's frame, and says at once what the server would refuse.
"use strict";
const input = document.querySelector("#upload input[type=file]");
if (input) {
  const form = input.form;
  const guide = form.querySelector(".guide");
  const image = guide.querySelector("img");
  const hint = (name, shown) => { form.querySelector(`[data-hint=${name}]`).hidden = !shown; };
  input.addEventListener("change", () => {
    const file = input.files[0];
    hint("small", false);
    hint("kind", Boolean(file) && file.type !== "image/jpeg");
    guide.hidden = !file;
    if (image.src) { URL.revokeObjectURL(image.src); }
    if (file) { image.src = URL.createObjectURL(file); }
  });
  image.addEventListener("load", () => {
    hint("small", Math.min(image.naturalWidth, image.naturalHeight) < Number(input.dataset.least));
  });
  image.addEventListener("error", () => { guide.hidden = true; });
  form.addEventListener("submit", () => { form.querySelector("button").disabled = true; });
}
