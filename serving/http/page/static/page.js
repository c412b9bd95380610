// Sorting and finding; the page is whole without it.
"use strict";

const table = document.getElementById("firms");
const tools = document.querySelector(".tools");

function say(form, text) {
  form.querySelector(".status").textContent = text;
}

function value(row, column) {
  const cell = row.cells[column];
  const exact = cell.querySelector("data");
  return exact ? Number(exact.value) : cell.textContent.trim().toLocaleLowerCase();
}

function compare(a, b) {
  return typeof a === "number" ? a - b : a.localeCompare(b);
}

function sortBy(head, ascending) {
  const body = table.tBodies[0];
  const column = head.cellIndex;
  const rows = [...body.rows].map((row) => [value(row, column), Number(value(row, 0)), row]);
  // Equal values keep the ranking's order, whichever way they are sorted.
  rows.sort((a, b) => (ascending ? compare(a[0], b[0]) : compare(b[0], a[0])) || a[1] - b[1]);
  body.append(...rows.map((entry) => entry[2]));
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const way = ascending ? "ascending" : "descending";
  document.getElementById("order").value = `${column} ${ascending}`;
  say(tools, `Sorted by ${head.textContent.trim().toLocaleLowerCase()}, ${way}.`);
}

function offerSorting() {
  const order = document.getElementById("order");
  for (const head of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const first = head.dataset.sort === "up";
    button.addEventListener("click", () => {
      const was = head.getAttribute("aria-sort");
      sortBy(head, was === null ? first : was === "descending");
    });
    for (const ascending of [first, !first]) {
      const way = ascending ? "ascending" : "descending";
      order.append(new Option(`${button.textContent.trim()}, ${way}`, `${head.cellIndex} ${ascending}`));
    }
  }
  order.addEventListener("change", () => {
    const [column, ascending] = order.value.split(" ");
    sortBy(table.tHead.rows[0].cells[Number(column)], ascending === "true");
  });
}

function find(text) {
  const sought = text.trim().toLocaleLowerCase();
  let shown = 0;
  let apart = 0;
  for (const row of document.querySelectorAll("#firms tbody tr, #withheld-firms tbody tr")) {
    row.hidden = !row.querySelector(".firm").textContent.toLocaleLowerCase().includes(sought);
    if (!row.hidden) {
      row.closest("#firms") ? (shown += 1) : (apart += 1);
    }
  }
  const all = table.tBodies[0].rows.length;
  say(tools, sought ? `${shown} of ${all} firms shown${apart ? `, and ${apart} withheld` : ""}.` : `All ${all} firms shown.`);
}

if (table) {
  offerSorting();
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("find").addEventListener("input", (event) => find(event.target.value));
}

const upload = document.querySelector("form.upload");
if (upload) {
  upload.addEventListener("submit", (event) => {
    say(upload, event.submitter && event.submitter.value === "csv" ? "Scoring; the file follows." : "Scoring the portfolio…");
  });
  window.addEventListener("pageshow", () => say(upload, ""));
}
