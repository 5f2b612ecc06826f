// Adds up sheets and shipping while they are chosen; what counts is what the server says.
"use strict";
const order = document.querySelector("#order");
const total = order && order.querySelector(".total");
if (total) {
  const price = Number(order.dataset.price);
  const shipping = Number(order.dataset.shipping);
  const add = () => {
    const counts = [...order.querySelectorAll("input[type=number]")].map((one) => Number(one.value));
    const sheets = counts.reduce((sum, one) => sum + one, 0);
    const where = order.querySelector("input[name=where]:checked");
    const sent = where && where.value !== "pick_up";
    total.hidden = !sheets;
    total.querySelector("b").textContent = `¥${((sheets * price + (sent ? shipping : 0)) / 100).toFixed(2)}`;
    order.querySelector("button").disabled = !sheets || sheets > Number(order.dataset.most);
  };
  order.addEventListener("input", add);
  add();
}
