// A presentation and its speaker window: both windows load this file, fetched only with ?mode=present or ?mode=speaker.
//
// The speaker window is opened by the slides and finds them as its `opener`, also from a file and also after either was
// reloaded: it says hello every second, and whoever is asked answers with all there is to show. Messages are taken from
// the window opened by the other one alone, and can do what a visitor can (ui/remote.rs), no more.

const NS = "ordinal-speaker";
const own = (origin) => origin === location.origin || location.protocol === "file:";

// ---- the slides ----

let speakers = null;
let idle = 0;

function ask(request) {
  const answer = globalThis.ordinalParts.remote?.(JSON.stringify(request));
  return answer ? JSON.parse(answer) : {};
}

function tell() {
  const { value } = speakers && !speakers.closed ? ask({ get: "speaker" }) : {};
  if (value) speakers.postMessage({ ns: NS, state: value }, "*");
}

function hear({ source, origin, data }) {
  if (data?.ns !== NS || !own(origin) || source?.opener !== window) return;
  speakers = source;
  if (data.request) ask(data.request);
  // What was asked for is done when the page draws; "ordinal:drawn" then tells more.
  tell();
}

function pointer() {
  document.documentElement.dataset.pointer = "";
  clearTimeout(idle);
  idle = setTimeout(() => delete document.documentElement.dataset.pointer, 2500);
}

/** The slides begin: they answer a speaker window, and show their controls while the pointer moves. */
export function begin() {
  addEventListener("message", hear);
  addEventListener("pointermove", pointer);
  document.addEventListener("ordinal:drawn", tell);
}

/** The slides end; the speaker window closes with them. */
export function end() {
  removeEventListener("message", hear);
  removeEventListener("pointermove", pointer);
  document.removeEventListener("ordinal:drawn", tell);
  clearTimeout(idle);
  delete document.documentElement.dataset.pointer;
  speakers?.postMessage({ ns: NS, state: null }, "*");
}

/** Opens the speaker window, or brings it to the front. */
export function speaker() {
  if (speakers && !speakers.closed) return speakers.focus();
  const address = new URL(location.href);
  address.search = `?mode=speaker&lang=${document.documentElement.lang}`;
  address.hash = "";
  speakers = open(address, NS, "popup,width=980,height=720");
}

// ---- the speaker window ----

const WORDS = {
  ko: {
    title: "발표자 창", now: "지금", next: "다음", right: "답", notes: "메모", why: "왜", answer: "답과 까닭", none: "이 장에는 메모가 없다.",
    end: "여기서 끝난다.", lost: "슬라이드 창을 찾는 중이다. 그 창을 닫았다면 발표 모드에서 S를 눌러 다시 연다.", over: "발표가 끝났다.",
    clock: "지난 시간", hold: "시계 멈춤", run: "시계 계속", reset: "0부터", hands: "든 손", reveal: "답 보이기",
    keys: "키", back: "이전", play: "재생", pause: "일시 정지", forward: "다음", blank: "화면 끄기", unblank: "화면 켜기", terminal: "터미널",
    list: [["PgDn →", "다음"], ["PgUp ←", "이전"], ["Space", "재생 / 일시 정지"], ["B", "화면 끄기"], ["D W `", "DNS, 왜, 터미널"]],
  },
  en: {
    title: "Speaker window", now: "Now", next: "Next", right: "Answer", notes: "Notes", why: "Why", answer: "Answer and why", none: "This chapter has no notes.",
    end: "This is the end.", lost: "Looking for the slides. If their window was closed, press S in the presentation to open this one again.", over: "The presentation has ended.",
    clock: "Time so far", hold: "Stop the clock", run: "Start the clock", reset: "From 0", hands: "Hands", reveal: "Show the answer",
    keys: "Keys", back: "Back", play: "Play", pause: "Pause", forward: "On", blank: "Blank", unblank: "Show", terminal: "Terminal",
    list: [["PgDn →", "on"], ["PgUp ←", "back"], ["Space", "play / pause"], ["B", "blank the screen"], ["D W `", "DNS, Why, terminal"]],
  },
};

const KEYS = {
  PageDown: { do: "slide", by: 1 }, ArrowRight: { do: "slide", by: 1 }, PageUp: { do: "slide", by: -1 }, ArrowLeft: { do: "slide", by: -1 },
  Space: "play", KeyK: "play", KeyB: { do: "blank" }, KeyD: { do: "set", panel: "dns" }, KeyW: { do: "set", panel: "why" },
  Backquote: { do: "set", panel: "terminal" }, Period: { do: "step", by: 1, unit: "event" }, Comma: { do: "step", by: -1, unit: "event" },
};

function make(name, className, text, ...inside) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  element.append(...inside);
  return element;
}

// `code` and **bold** of our own texts and of lessons; a blank line parts paragraphs.
function rich(className, text) {
  const box = make("div", className);
  for (const paragraph of (text ?? "").split(/\n\s*\n/)) {
    if (!paragraph.trim()) continue;
    const p = make("p");
    paragraph.trim().split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*)/).forEach((piece) => {
      if (/^`.+`$/.test(piece)) p.append(make("code", "", piece.slice(1, -1)));
      else if (/^\*.+\*$/.test(piece)) p.append(make("b", "", piece.replace(/^\*+|\*+$/g, "")));
      else p.append(piece);
    });
    box.append(p);
  }
  return box;
}

/** Makes this window the speaker's. */
export function show() {
  const slides = window.opener;
  const root = document.documentElement;
  root.dataset.state = "speaker";
  root.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const place = document.getElementById("app");
  let state;
  let heard = 0;
  let lang = new URLSearchParams(location.search).get("lang") === "en" ? "en" : "ko";

  const send = (request) => slides?.postMessage({ ns: NS, request }, "*");
  const press = (request) => send(request === "play" ? { do: state?.playing ? "pause" : "play" } : request);

  // The clock of the talk: kept in this window, so that a reload goes on with it.
  const clock = { from: Date.now(), gone: 0, runs: true, ...JSON.parse(sessionStorage.getItem("clock") ?? "{}") };
  const keep = () => sessionStorage.setItem("clock", JSON.stringify(clock));
  const passed = () => clock.gone + (clock.runs ? Date.now() - clock.from : 0);
  const turn = (runs, gone = passed()) => {
    Object.assign(clock, { gone, from: Date.now(), runs });
    keep();
    draw();
  };
  keep();
  const time = () => {
    const seconds = Math.floor(passed() / 1000);
    const two = (n) => String(n).padStart(2, "0");
    return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  };

  function part(title, ...inside) {
    return make("section", "speaker__part", "", make("h2", "", title), ...inside);
  }

  function button(word, act, className = "button button--line", id = "") {
    const element = make("button", className, word);
    element.type = "button";
    if (id) element.id = id;
    element.onclick = act;
    return element;
  }

  function hands(asked, words) {
    const rows = asked.options.map((option, i) => {
      const label = rich("", `${String.fromCharCode(65 + i)}. ${option}`);
      if (!asked.hands.length) return make("li", "", "", label);
      const input = make("input", "speaker__hands");
      Object.assign(input, { type: "number", min: 0, max: 999, value: asked.hands[i], id: `hands-${i}`, disabled: !asked.open });
      input.setAttribute("aria-label", `${words.hands}: ${String.fromCharCode(65 + i)}`);
      input.oninput = () => send({ do: "hands", option: i, count: Math.max(0, Math.min(999, Math.floor(+input.value) || 0)) });
      return make("li", i === asked.right ? "speaker__right" : "", "", label, input);
    });
    const box = make("div", "speaker__ask", "", rich("speaker__question", asked.text), make("ol", "", "", ...rows),
      rich("speaker__question", `${words.right}: ${asked.answer}`), rich("", asked.reason));
    if (asked.open) box.append(button(words.reveal, () => press(KEYS.PageDown), undefined, "speaker-reveal"));
    return box;
  }

  let drawn = "";
  let drawnAt = "";
  function draw() {
    const words = WORDS[lang];
    const isLost = Date.now() - heard > 3000;
    root.lang = lang;
    document.title = `Ordinal: ${words.title}`;
    const shown = JSON.stringify([state, lang, isLost, clock.runs, clock.gone]);
    const face = document.getElementById("speaker-clock");
    if (face) face.textContent = time();
    if (shown === drawn) return;
    // Hands are being typed: what would only repeat them can wait.
    const at = JSON.stringify([state?.slide, state?.ask?.open, lang]);
    if (document.activeElement?.className === "speaker__hands" && at === drawnAt) return;
    [drawn, drawnAt] = [shown, at];
    // What is being typed or pressed stays where it is.
    const focused = document.activeElement?.id;
    const timer = make("p", "speaker__clock", "", make("b", "", time()));
    timer.firstChild.id = "speaker-clock";
    timer.setAttribute("role", "timer");
    timer.setAttribute("aria-label", words.clock);
    const head = make("header", "speaker__head", "",
      make("h1", "", state?.title ?? words.title),
      make("p", "speaker__place", state?.slides?.length ? `${state.slide} / ${state.slides.length}` : ""),
      timer,
      button(clock.runs ? words.hold : words.run, () => turn(!clock.runs), undefined, "speaker-hold"),
      button(words.reset, () => turn(true, 0), undefined, "speaker-reset"));
    const main = make("main", "speaker__main");
    if (isLost || state === null) {
      const notice = make("p", "notice", state === null ? words.over : words.lost);
      notice.setAttribute("role", "status");
      main.append(notice);
    }
    if (state) {
      const after = state.slides?.[state.slide];
      main.append(
        make("div", "speaker__column", "",
          part(words.now, make("p", "speaker__chapter", state.slides?.[state.slide - 1] ?? ""), rich("speaker__now", state.now),
            ...(state.happens ? [rich("speaker__chapter", state.happens)] : [])),
          part(words.notes, rich("speaker__notes", state.notes || words.none))),
        make("div", "speaker__column", "",
          ...(state.ask ? [part(words.answer, hands(state.ask, words))] : []),
          part(words.next, ...(after ? [make("p", "speaker__then", after)] : []), rich("", state.next || words.end)),
          ...(state.why ? [part(words.why, rich("", state.why))] : [])));
    }
    const tools = make("footer", "speaker__tools", "",
      button(words.back, () => press(KEYS.PageUp), undefined, "speaker-back"),
      button(state?.playing ? words.pause : words.play, () => press("play"), undefined, "speaker-play"),
      button(words.forward, () => press(KEYS.PageDown), "button button--primary", "speaker-forward"),
      button(state?.blank ? words.unblank : words.blank, () => press(KEYS.KeyB), undefined, "speaker-blank"),
      button("DNS", () => press(KEYS.KeyD), undefined, "speaker-dns"),
      button(words.why, () => press(KEYS.KeyW), undefined, "speaker-why"),
      button(words.terminal, () => press(KEYS.Backquote), undefined, "speaker-terminal"));
    const keys = make("dl", "speaker__keys", "", ...words.list.map(([key, what]) => make("div", "", "", make("dt", "", key), make("dd", "", what))));
    keys.setAttribute("aria-label", words.keys);
    tools.append(keys);
    place.replaceChildren(make("div", "speaker", "", head, main, tools));
    if (focused) document.getElementById(focused)?.focus();
  }

  addEventListener("message", ({ source, origin, data }) => {
    if (source !== slides || data?.ns !== NS || !own(origin)) return;
    heard = Date.now();
    state = data.state;
    lang = state?.lang ?? lang;
    draw();
  });
  addEventListener("keydown", (event) => {
    const request = KEYS[event.code];
    const typed = (event.target.closest?.("input") && !event.code.startsWith("Page")) || (event.code === "Space" && event.target.closest?.("button"));
    if (!request || typed || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    event.preventDefault();
    press(request);
  });
  const hello = () => {
    slides?.postMessage({ ns: NS }, "*");
    draw();
  };
  setInterval(hello, 1000);
  hello();
}
