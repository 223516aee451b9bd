// <sts-stage>: a run of Ordinal in somebody's page. It makes the frame and talks to it; the page itself runs nothing of
// ours, so its policy needs no more than frame-src. README, "In a blog post", lists attributes, methods and events.

const here = new URL(".", import.meta.url);
const LOOKS = ["lang", "theme", "size", "view", "panels", "controls", "readonly", "motion", "k8s", "lesson", "step", "sample", "start"];
const SET = { lang: "lang", theme: "theme", view: "view" };

class StsStage extends HTMLElement {
  static observedAttributes = ["lang", "theme", "view", "run", "t", "height"];

  connectedCallback() {
    if (this.frame) return;
    const text = this.querySelector('script[type="text/plain"]')?.textContent.trim();
    const run = this.getAttribute("run") ?? (text ? `p1=${encodeURIComponent(text + "\n")}` : "");
    const t = this.getAttribute("t");
    const address = new URL(this.getAttribute("src") ?? here, document.baseURI);
    const query = address.searchParams;
    query.set("mode", "embed");
    const around = { lang: document.documentElement.lang, theme: scheme() };
    for (const name of LOOKS) {
      const value = this.getAttribute(name) || around[name];
      if (value) query.set(name, value);
    }
    address.hash = run + (t ? `&t=${encodeURIComponent(t)}` : "");

    const frame = (this.frame = document.createElement("iframe"));
    frame.src = address;
    frame.title = this.getAttribute("title") ?? "Ordinal";
    frame.loading = "lazy";
    frame.allow = "fullscreen; clipboard-write";
    frame.referrerPolicy = "no-referrer";
    if (address.origin !== location.origin) frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-downloads";
    const ratio = this.getAttribute("ratio");
    frame.style.cssText = `display:block;width:100%;border:0;${ratio ? `aspect-ratio:${ratio.replace(":", "/")}` : `height:${parseInt(this.getAttribute("height")) || 420}px`}`;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    // What stands inside is shown until the frame answers.
    root.replaceChildren(document.createElement("slot"), frame);

    this.asked = new Map();
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = ({ data }) => this.hear(data);
    // The port can be sent once, so it goes when the frame says that somebody listens.
    this.listen = ({ source, data }) => {
      if (source !== frame.contentWindow || data?.ns !== "sts-stage" || data.type !== "ready" || this.ready) return;
      this.ready = true;
      frame.contentWindow.postMessage({ ns: "sts-stage", v: 1, type: "hello", topics: ["state", "event", "answer"] }, "*", [port2]);
      root.querySelector("slot")?.remove();
    };
    addEventListener("message", this.listen);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.follow = () => this.hasAttribute("theme") || this.tell("set", { theme: scheme() });
    this.dark.addEventListener("change", this.follow);
  }

  disconnectedCallback() {
    removeEventListener("message", this.listen);
    this.dark?.removeEventListener("change", this.follow);
    this.port?.close();
    this.frame = this.port = null;
    this.ready = false;
  }

  attributeChangedCallback(name, old, value) {
    if (!this.frame || old === value) return;
    if (SET[name] && value) this.tell("set", { [SET[name]]: value });
    else if (name === "t" && value) this.seek(value);
    else if (name === "run" && value) this.load({ fragment: value });
    else if (name === "height" && parseInt(value)) this.frame.style.height = `${parseInt(value)}px`;
  }

  hear({ type, id, ok, value, error, ...detail }) {
    if (type === "result") {
      const settle = this.asked.get(id);
      this.asked.delete(id);
      return settle?.(ok ? value : Promise.reject(new Error(error)));
    }
    if (type === "height" && this.getAttribute("height") === "auto") this.frame.style.height = `${detail.px}px`;
    this.dispatchEvent(new CustomEvent(`sts-${type}`, { detail: error ? { error, ...detail } : detail, bubbles: true }));
  }

  tell(type, fields) {
    const id = (StsStage.last = (StsStage.last ?? 0) + 1);
    return new Promise((settle) => {
      this.asked.set(id, settle);
      this.port?.postMessage({ ns: "sts-stage", v: 1, type, id, ...fields });
    });
  }

  play = (speed) => this.tell("play", { speed });
  pause = () => this.tell("pause");
  step = (by = 1, unit = "step") => this.tell("step", { by, unit });
  seek = (t) => this.tell("seek", { t });
  load = (what) => this.tell("load", typeof what === "string" ? { text: what } : what);
  command = (line) => this.tell("command", { line });
  get = (what) => this.tell("get", { what });
}

function scheme() {
  const own = getComputedStyle(document.documentElement).colorScheme;
  if (own === "dark" || own === "light") return own;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

customElements.get("sts-stage") ?? customElements.define("sts-stage", StsStage);
