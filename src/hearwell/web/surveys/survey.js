// Hearwell: shows a survey where this line stands. No cookie; nothing is stored, and nothing is told but what is answered.
(() => {
const self = document.currentScript, { survey, lang, height } = self.dataset;
const address = new URL(`/s/${survey}/`, self.src), frame = document.createElement("iframe");
const language = lang || document.documentElement.lang;
if (language) address.searchParams.set("lang", language.split("-")[0]);
Object.assign(frame, { src: address.href, title: self.title, loading: "lazy", referrerPolicy: "no-referrer", width: "100%", height: height || 420 });
Object.assign(frame.style, { border: 0, maxWidth: "40rem" });
self.after(frame);
})();
