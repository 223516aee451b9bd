// A page inside another one: the still it shows while it sleeps, and the messages to and from the page around it
// (README, "In a blog post"). Fetched only with ?mode=embed.
//
// The still comes with the link (`&s=`: an SVG element, deflated, in base64url), so it is exactly the moment of the link
// and costs no module. It is somebody's text: only shapes and words are taken over from it, and no address of anything.

const SHAPES = new Set(["svg", "g", "path", "rect", "circle", "text", "tspan"]);
const FIGURES = new Set(["class", "d", "x", "y", "dx", "r", "cx", "cy", "rx", "width", "height", "viewBox", "transform",
  "opacity", "text-anchor", "stroke-dashoffset"]);
const MOST = 400_000;

const query = new URLSearchParams(location.search);
const words = (query.get("lang") || navigator.language || "ko").startsWith("ko")
  ? { play: "재생", hint: "누르면 시작한다", commands: "이 실행의 명령" }
  : { play: "Play", hint: "Press to start", commands: "The commands of this run" };

function part(name) {
  return location.hash.slice(1).split("&").find((pair) => pair.startsWith(name + "="))?.slice(name.length + 1);
}

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let out = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return out + decoder.decode();
    out += decoder.decode(value, { stream: true });
    if (out.length > MOST) throw new RangeError("too long");
  }
}

// Shapes and words of an SVG element, and nothing else of it.
function copy(from) {
  const to = document.createElementNS("http://www.w3.org/2000/svg", from.localName);
  for (const { name, value } of from.attributes) if (FIGURES.has(name)) to.setAttribute(name, value);
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(child.data);
    else if (SHAPES.has(child.localName)) to.append(copy(child));
  }
  return to;
}

async function still(place) {
  const packed = part("s");
  if (packed) {
    const text = (await inflate(packed)).replace(/^<svg /, '<svg xmlns="http://www.w3.org/2000/svg" ');
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (svg.localName !== "svg") throw new TypeError("no picture");
    return place.append(copy(svg));
  }
  const plain = part("p1");
  const run = plain ? decodeURIComponent(plain.replace(/\+/g, " ")) : await inflate(part("z1") ?? "");
  const list = document.createElement("pre");
  list.setAttribute("aria-label", words.commands);
  list.textContent = run.split("\n").filter((line) => line.startsWith("$ ")).join("\n");
  place.append(list);
}

/** Puts the still and the button to play into `boot`; answers with the button. */
export function dress(boot) {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = query.get("theme");
  root.dataset.theme = theme === "dark" || theme === "light" ? theme : dark ? "dark" : "light";
  boot.className = "asleep";
  boot.textContent = "";
  const picture = document.createElement("div");
  picture.className = "asleep__picture";
  const button = document.createElement("button");
  button.id = "wake";
  button.type = "button";
  button.className = "asleep__play";
  button.setAttribute("aria-label", `${words.play}: ${document.title}`);
  const hint = document.createElement("span");
  hint.textContent = words.hint;
  button.append(hint);
  boot.append(picture, button);
  // Without a still, or with one that is damaged, the button stands alone.
  still(picture).catch(() => {});
  return button;
}

let port = null;
let topics = new Set();

function say(type, fields) {
  const message = { ns: "sts-stage", v: 1, type, ...fields };
  if (port) port.postMessage(message);
  else if (type === "ready" || type === "height") parent.postMessage(message, "*");
}

let ask = null;
const waiting = [];
let last = "";

function ready() {
  const state = ask ? JSON.parse(ask('{"get":"state"}')).value : {};
  say("ready", { version: 1, duration: state.end, events: state.events, height: innerHeight, asleep: !ask });
}

function tell() {
  if (!topics.has("state") || !ask) return;
  const answer = ask('{"get":"state"}');
  if (answer === last) return;
  last = answer;
  const { value } = JSON.parse(answer);
  say("state", value);
  say("step", { index: value.step, count: value.steps, caption: value.caption });
}

function request(message) {
  if (!message || message.ns !== "sts-stage" || message.v !== 1) return;
  if (message.type === "hello") return ready();
  if (!ask) {
    waiting.push(message);
    if (message.type !== "get") document.dispatchEvent(new Event("ordinal:start"));
    return;
  }
  const { ns, v, type, id, ...fields } = message;
  const answer = JSON.parse(ask(JSON.stringify(type === "get" ? { get: fields.what } : { do: type, ...fields })));
  if (!answer.ok) say("error", { id, message: answer.error });
  if (id !== undefined) say("result", { id, ...answer });
  setTimeout(tell);
}

// The page around this one says hello once; everything else travels on the port it brings.
if (parent !== window) {
  addEventListener("message", function hello(event) {
    const { data } = event;
    if (event.source !== parent || data?.ns !== "sts-stage" || data.type !== "hello") return;
    removeEventListener("message", hello);
    topics = new Set(data.topics ?? []);
    port = event.ports[0] ?? null;
    if (port) port.onmessage = ({ data }) => request(data);
    ready();
  });
  say("ready", { asleep: true });
}

/** The engine has come: `remote` takes a request as JSON and answers with JSON. */
export function serve(remote) {
  ask = remote;
  ready();
  waiting.splice(0).forEach(request);
  // The page says so when it has drawn a step; at most four times a second the host hears of it.
  let due = 0;
  document.addEventListener("ordinal:drawn", () => {
    due ||= setTimeout(() => {
      due = 0;
      tell();
    }, 250);
  });
}
