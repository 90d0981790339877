// Hearwell: tells how long an article is read, what is searched for, and what becomes of a cart.
// No cookie, nothing is stored, no third party; who asks not to be tracked is not.
(() => {
const self = document.currentScript, nav = navigator;
if (!self || nav.doNotTrack == "1" || nav.globalPrivacyControl) return;
const data = self.dataset, doc = document, url = new URL("/collect/" + data.site, self.src).href;
const id = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
const now = () => performance.now(), who = {};
const queue = new Map(); // what is not told yet, by what it is about: the newest alone
let wait = 0, timer = 0;
const send = (last) => {
  if (!queue.size) return;
  const sent = [...queue.values()];
  const body = JSON.stringify(sent.map(({ began, was, ...event }) =>
    ({ ...who, ...event, age: Math.round(was - began), told: Math.round(now() - was) })));
  if (last && nav.sendBeacon(url, body)) return queue.clear();
  fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).then((answer) => {
    if (answer.status == 429 || answer.status > 499) throw answer;
    for (const event of sent) if (queue.get(event.id) == event) queue.delete(event.id);
    wait = 0;
  }).catch(() => { wait = Math.min(wait * 2 || 2000, 6e4); later(wait * (0.5 + Math.random())); });
};
const later = (after) => { clearTimeout(timer); timer = setTimeout(send, after); };
const tell = (event, soon) => {
  if (queue.size < 50 || queue.has(event.id)) queue.set(event.id, { ...event, was: now() });
  if (!wait) later(soon ? 0 : 1500);
};
const query = (address, name = data.search || "q") => { try { return new URL(address).searchParams.get(name); } catch {} };
const find = (name) => doc.querySelector(`[data-hearwell-${name}]`), lang = doc.documentElement.lang || undefined;

// A search, where the address has its words
const words = query(location.href);
let search;
if (words) {
  const results = find("results");
  search = { kind: "search", id: id(), words: words.slice(0, 300), began: now(), language: lang };
  if (results) search.results = +results.dataset.hearwellResults;
  tell(search, 1);
}

// The reading of an article
const named = data.article, article = named == "*" ? location.pathname : named || find("article")?.dataset.hearwellArticle;
let view, active = 0, mark = 0, moved = 0;
if (article) {
  const from = doc.referrer, searched = from.startsWith(location.origin + "/") && query(from);
  const text = doc.querySelector("article, main") || doc.body;
  view = { kind: "view", id: id(), article, began: now(), language: lang, title: doc.title.slice(0, 300),
    url: location.href.split(/[?#]/)[0], words: (text.innerText.match(/\S+/g) || []).length, scroll_share: 0,
    came_from: searched ? "search" : from ? "link" : "other", read_seconds: 0 };
  if (searched) view.searched_for = searched.slice(0, 300);
  const reads = () => doc.visibilityState == "visible" && doc.hasFocus() && now() - moved < 3e4;
  const count = () => {
    const at = now();
    if (mark) active += Math.max(0, Math.min(at, moved + 3e4) - mark);
    mark = reads() ? at : 0;
    view.read_seconds = Math.round(active) / 1000;
  };
  const move = () => {
    count(); moved = now(); mark = reads() ? moved : 0;
    const page = doc.documentElement, share = (scrollY + innerHeight) / page.scrollHeight;
    view.scroll_share = Math.max(view.scroll_share, Math.min(1, Math.round(share * 100) / 100));
  };
  for (const name of ["scroll", "keydown", "pointermove", "pointerdown", "touchstart"])
    addEventListener(name, () => { if (now() - moved > 250 || !mark) move(); }, { passive: true, capture: true });
  addEventListener("focus", move);
  addEventListener("blur", count);
  const leave = () => { count(); tell(view); send(1); };
  doc.addEventListener("visibilitychange", () => doc.visibilityState == "visible" ? move() : leave());
  addEventListener("pagehide", leave);
  setInterval(() => { const before = active; count(); if (active > before) tell(view); }, 15e3);
  move(); tell(view);
}

// The telephone number of the article or the campaign, in place of the usual one
const numbers = doc.querySelectorAll("[data-hearwell-number]"), campaign = query(location.href, "utm_campaign");
if (numbers[0] && (article || campaign))
  fetch(`${url}/number?` + new URLSearchParams({ article: article || "", campaign: campaign || "" }))
    .then((answer) => answer.status == 200 && answer.text()).then((number) => {
      if (number) for (const each of numbers) {
        each.textContent = number;
        each.href = "tel:" + number.replace(/[^+\d]/g, "");
      }
    }, () => {});

doc.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href], [data-hearwell-help], [data-hearwell-helpful]");
  if (!link) return;
  const marks = link.dataset, to = link.getAttribute("href") || "";
  const help = marks.hearwellHelp || (/^tel:/i.test(to) ? "call" : /^mailto:/i.test(to) && "ticket");
  if (view && help) tell(Object.assign(view, { help }), 1);
  if (view && marks.hearwellHelpful) tell(Object.assign(view, { helpful: marks.hearwellHelpful == "yes" }), 1);
  if (search && marks.hearwellOpens) tell(Object.assign(search, { opened: marks.hearwellOpens }), 1);
}, true);

// What the site tells: hearwell.cart({id, items, value, currency, step, order}); hearwell.customer(id, signature)
const carts = {};
window.hearwell = {
  cart: (cart) => tell(carts[cart.id] = { began: now(), ...carts[cart.id], ...cart, id: String(cart.id), kind: "cart" }, 1),
  search: (words, results) => tell({ kind: "search", id: id(), words, results, began: now(), language: lang }, 1),
  customer: (customer, signature) => Object.assign(who, { customer, signature }),
};
doc.dispatchEvent(new Event("hearwell"));
})();
