// Small conveniences; every page works without them.
"use strict";
document.documentElement.classList.add("js");
document.addEventListener("change", (event) => {
  if (event.target.matches("select.sends")) event.target.form.requestSubmit();
});
// A menu closes when another place is clicked, or with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
// A menu that was open stays so when the page beneath it is told anew.
let open = [];
document.addEventListener("htmx:beforeSwap", () => {
  open = [...document.querySelectorAll("details.menu[open][id]")].map((menu) => menu.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) { const menu = document.getElementById(id); if (menu) menu.open = true; }
});
document.addEventListener("htmx:responseError", (event) => {
  const page = document.getElementById("page");
  const told = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const problem = told.getElementById("page");
  if (page && problem) page.replaceWith(problem);
});
