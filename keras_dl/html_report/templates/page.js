"use strict";
const root = document.documentElement;
const runs = JSON.parse(document.getElementById("data").textContent);
const curveChart = JSON.parse(document.getElementById("curve-chart").textContent);
const table = document.getElementById("table");
const MOST = 12; // runs drawn at once

// Theme: that of the system, until the button is pressed.
function setTheme(name) { root.dataset.theme = name; drawAll(); }
document.getElementById("theme").addEventListener("click", () =>
  setTheme(root.dataset.theme === "dark" ? "light" : "dark"));
root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

// Charts are drawn when they come into view.
function config() {
  const ink = getComputedStyle(root).getPropertyValue("--text");
  const line = getComputedStyle(root).getPropertyValue("--line");
  const axis = { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line };
  const legend = { labelColor: ink, titleColor: ink, labelLimit: 260 };
  return { background: "transparent", view: { stroke: null }, axis, legend, text: { color: ink },
    point: { color: "#2a7de1" }, rule: { color: "#2a7de1" } };
}
function draw(place, chart) {
  if (!window.vegaEmbed) return;
  window.vegaEmbed(place, chart, { actions: false, renderer: "svg", config: config() });
}
const charts = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting && window.vegaEmbed) { watcher.unobserve(entry.target); drawIn(entry.target); }
  }
}, { rootMargin: "300px" });
function drawIn(place) { draw(place, charts.get(place)); place.dataset.drawn = "yes"; }
for (const script of document.querySelectorAll(".chart > script")) {
  const place = script.parentElement;
  charts.set(place, JSON.parse(script.textContent));
  script.remove();
}
function drawAll() {
  for (const place of charts.keys()) place.dataset.drawn ? drawIn(place) : watcher.observe(place);
  drawCurves();
}
window.addEventListener("charts", drawAll);
for (const study of document.querySelectorAll(".study")) study.addEventListener("toggle", drawAll);

// Tables: a click on a heading sorts, a second one turns the order.
function key(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  return text !== "" && !isNaN(text) ? Number(text) : text;
}
function compare(a, b) {
  if (a === "" || b === "") return (a === "") - (b === ""); // empty cells come last
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
function sortBy(heading) {
  const own = heading.closest("table"), body = own.tBodies[0], column = heading.cellIndex;
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of own.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  closeDetails(own);
  const rows = [...body.rows].map((row) => [key(row, column), row]);
  rows.sort(([a], [b]) => (down && a !== "" && b !== "" ? -1 : 1) * compare(a, b));
  body.append(...rows.map(([, row]) => row));
}
for (const heading of document.querySelectorAll(".sortable th:not(.fixed)")) {
  heading.addEventListener("click", () => sortBy(heading));
}
function filterRows() {
  const words = document.getElementById("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  closeDetails(table);
  for (const row of table.tBodies[0].rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  document.getElementById("count").textContent = `${shown} of ${Object.keys(runs).length} runs`;
}
document.getElementById("filter").addEventListener("input", () => { filterRows(); drawCurves(); });

// Learning curves of the runs whose box is ticked.
const metricBox = document.getElementById("metric");
const metrics = [...new Set(Object.values(runs).flatMap((run) => Object.keys(run.curves)))].sort();
for (const name of metrics) metricBox.append(new Option(name, name, false, name === "val/loss"));
function selectedRuns() {
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden && row.dataset.run);
  return rows.filter((row) => row.querySelector("input").checked).map((row) => row.dataset.run);
}
function curveRows(id, name) {
  const run = runs[id];
  const label = `${run.name} ${id.slice(0, 4)}`;
  return (run.curves[name] ?? []).map(([step, value]) => ({ run: label, step, value }));
}
function drawCurves() {
  const ids = selectedRuns().filter((id) => runs[id].curves[metricBox.value]);
  const shown = ids.slice(0, MOST), values = shown.flatMap((id) => curveRows(id, metricBox.value));
  const rest = ids.length > MOST ? `; the first ${MOST} are drawn` : "";
  document.getElementById("drawn").textContent = `${ids.length} ticked runs have it${rest}`;
  draw(document.getElementById("curves"), { ...curveChart, title: metricBox.value, data: { values } });
}
metricBox.addEventListener("change", drawCurves);
table.addEventListener("change", drawCurves);

// Details of a run stand in a row below it.
function closeDetails(own) {
  for (const row of own.querySelectorAll("tr.details")) row.remove();
  for (const button of own.querySelectorAll("button.open")) button.setAttribute("aria-expanded", "false");
}
function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}
function pairs(title, values) {
  const body = element("tbody");
  for (const [name, value] of Object.entries(values)) {
    const text = typeof value === "number" ? String(Number(value.toPrecision(6))) : value;
    body.append(element("tr", "", element("td", name), element("td", text)));
  }
  return element("div", "", element("h3", title), element("table", "", body));
}
function picture({ name, source }) {
  const image = element("img");
  image.src = source; image.alt = name; image.loading = "lazy";
  return element("figure", "", image, element("figcaption", name));
}
function partCurves(run) {
  const values = run.parts.flatMap((part) =>
    (part.curves.objective ?? []).map(([step, value]) => ({ run: part.name, step, value })));
  if (!values.length) return [];
  const place = element("div");
  place.className = "chart";
  setTimeout(() => draw(place, { ...curveChart, title: "objective of the runs below", data: { values } }));
  return [place];
}
function openDetails(row) {
  const run = runs[row.dataset.run], cell = element("td");
  cell.colSpan = row.cells.length;
  const columns = element("div", "", pairs("Parameters", run.params), pairs("Metrics", run.metrics));
  columns.className = "columns";
  const pictures = element("div", "", ...run.pictures.map(picture));
  pictures.className = "pictures";
  const repeat = element("p", "", "Repeat: ", element("code", `keras-dl rerun ${row.dataset.run}`));
  const origin = element("p", `Data ${run.digest.slice(0, 12)}; ${run.versions}`);
  cell.append(repeat, columns, ...partCurves(run), pictures, origin);
  const details = element("tr", "", cell);
  details.className = "details";
  row.after(details);
}
table.addEventListener("click", (event) => {
  const button = event.target.closest("button.open");
  if (!button) return;
  const row = button.closest("tr"), wasOpen = button.getAttribute("aria-expanded") === "true";
  if (wasOpen) row.nextElementSibling.remove(); else openDetails(row);
  button.setAttribute("aria-expanded", String(!wasOpen));
});
filterRows();
