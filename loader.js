// Starts the page: fetches the WebAssembly module and its glue, runs them, and takes the first picture away.
//
// The document names the files (`#page-glue`, `meta[name=page-module]`: Trunk.toml) and holds `#boot` inside `#app`
// until the module runs. A release build is cut in two (xtask/src/halves.rs): the module draws the first picture, and the
// engine (`meta[name=page-engine]`) fills the rest of its table when it has arrived; `data-engine` on the root element
// then says `ready`, and an `ordinal:engine` event is heard on the document. Should it not run, `#boot` stays and a plain reason is added in both languages; should it
// crash later, the reason is put before `#app`, which is left as it is. `data-state` on the root element follows:
// asleep, loading, running, failed. An embedded page (?mode=embed) sleeps until it is clicked (?start=click), seen
// (?start=visible) or told (an `ordinal:start` event on the document), and fetches no module before that; embed.js draws
// its still and talks to the page around it. The speaker window of a presentation (?mode=speaker) needs no module at all.
//
// What is fetched later is a part, asked for by the name it has in static/: a release build gives parts hashed names, which
// the document lists (`meta[name=page-parts]`). A page in one file carries everything (xtask/src/single.rs) and
// fetches nothing: each file is looked for in `ordinalCarried` first.

const carried = globalThis.ordinalCarried;

const root = document.documentElement;
const reasons = {
  old: [
    "이 브라우저에서는 WebAssembly를 쓸 수 없습니다. 최신 브라우저로 열어 주세요.",
    "This browser cannot run WebAssembly. Please open the page in a current browser.",
  ],
  network: [
    "페이지의 일부를 받지 못했습니다. 연결을 확인하고 새로 고쳐 주세요.",
    "A part of the page could not be fetched. Please check the connection and reload.",
  ],
  policy: [
    "이 사이트의 보안 정책(CSP)이 WebAssembly를 막고 있습니다.",
    "This site's security policy (CSP) blocks WebAssembly.",
  ],
  crash: [
    "시뮬레이터가 오류로 멈췄습니다. 새로 고치면 다시 시작합니다.",
    "The simulator stopped because of a fault of its own. Reload to start again.",
  ],
};

function state(name) {
  root.dataset.state = name;
}

function fail(reason, error) {
  if (root.dataset.state === "failed") return;
  state("failed");
  const box = document.createElement("div");
  box.id = "failure";
  box.setAttribute("role", "alert");
  reasons[reason].forEach((text, i) => {
    const line = document.createElement("p");
    line.lang = i ? "en" : "ko";
    line.textContent = text;
    box.append(line);
  });
  if (error) {
    const detail = document.createElement("pre");
    detail.textContent = String(error);
    box.append(detail);
  }
  const boot = document.getElementById("boot");
  if (boot) boot.append(box);
  else document.body.prepend(box);
}

function reasonOf(error) {
  if (/Content Security Policy|unsafe-eval/i.test(error)) return "policy";
  if (error instanceof WebAssembly.RuntimeError) return "crash";
  if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) return "old";
  return error instanceof TypeError ? "network" : "crash";
}

// The document may still be arriving when this runs: what stands after the script is waited for.
const parsed = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else document.addEventListener("DOMContentLoaded", done, { once: true });
});

// A file whose name says what is in it.
const isNamed = (name) => /-[0-9a-f]{16}\./.test(name);

async function fetched(address, how) {
  const inside = carried?.file(address);
  if (inside) return inside;
  const place = new URL(address, document.baseURI);
  // What is of this version and has no hash in its name says with which engine it goes (static/sw.js).
  const engine = document.querySelector("meta[name=page-engine]")?.content;
  if (engine && !/^https?:/.test(address) && !isNamed(address)) place.searchParams.set("of", engine.replace("./", ""));
  const response = await fetch(place, how);
  if (!response.ok) throw new TypeError(`HTTP ${response.status}: ${address}`);
  return response;
}

// Compiles while it arrives, where the host says what it is.
async function compiled(response) {
  if (response.headers.get("Content-Type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function start() {
  state("loading");
  if (typeof WebAssembly !== "object") {
    await parsed;
    return fail("old");
  }
  try {
    // Both at once; the glue compiles the module while it arrives.
    const glue = carried ? carried.module("glue") : find("#page-glue").then((link) => import(link.href));
    const module = find("meta[name=page-module]").then((meta) => fetched(meta.content));
    module.catch(() => {});
    const bindings = await glue;
    await parsed;
    const page = await bindings.default({ module_or_path: module });
    const boot = document.getElementById("boot");
    if (!inside) boot?.remove();
    if (root.dataset.state === "loading") state("running");
    performance.mark("ordinal:running");
    // The first picture is painted before the engine takes the line and the thread; a page nobody sees paints nothing.
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    if (!document.hidden) await frame().then(frame);
    const engine = document.querySelector("meta[name=page-engine]");
    const half = engine && await compiled(await fetched(engine.content));
    // The two share a memory, a table and the functions that the engine takes from the page.
    if (half) await WebAssembly.instantiate(half, { $: page });
    root.dataset.engine = "ready";
    document.dispatchEvent(new Event("ordinal:engine"));
    boot?.remove();
    parts.remote = bindings.remote;
    (await embedded)?.serve(bindings.remote);
    performance.mark("ordinal:engine");
    keep();
  } catch (error) {
    await parsed;
    fail(reasonOf(error), error);
    console.error(error);
  }
}

// The parts: `call` a function of one, take its `style`, `fetch` a file; `remote` asks the page, once the engine is there.
const parts = (globalThis.ordinalParts = {
  known: {},
  fetch: fetched,
  async address(name) {
    if (document.readyState === "loading" && !document.querySelector("meta[name=page-parts]")) await parsed;
    const list = document.querySelector("meta[name=page-parts]")?.content.split(" ") ?? [];
    return new URL(list.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? `./${name}`, document.baseURI).href;
  },
  module(name) {
    return (this.known[name] ??= carried ? carried.module(name) : this.address(name).then((address) => import(address)));
  },
  call(name, what, text) {
    return this.module(name).then((module) => module[what](text));
  },
  style(name) {
    return (this.known[name] ??= carried ? Promise.resolve() : this.address(name).then((href) => new Promise((done, failed) => {
      const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: failed });
      document.head.append(link);
    })));
  },
});

// A page of its own is kept for times without a network (static/sw.js); an unbuilt one has nothing to be kept by.
function keep() {
  const built = document.querySelector("meta[name=page-parts]");
  if (!built || carried || inside || parent !== window || !navigator.serviceWorker || navigator.connection?.saveData) return;
  navigator.serviceWorker.register("./sw.js").catch(() => {});
}

// The module reads texts from elsewhere through this (ui/platform/fetch.rs); most visits never do.
globalThis.ordinalRead = (address, most, done) =>
  parts.module("lesson.js").then(({ read }) => read(address, most, done), (error) => done(null, error.message));
addEventListener("dragenter", () => parts.module("lesson.js"), { once: true });

async function find(selector) {
  return document.querySelector(selector) ?? (await parsed, document.querySelector(selector));
}

// A panic of the module is a RuntimeError that nobody catches: the page behind it no longer answers.
addEventListener("error", ({ error }) => {
  if (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) fail("crash", error);
});

async function sleep(until) {
  state("asleep");
  await parsed;
  const woken = [new Promise((wake) => document.addEventListener("ordinal:start", wake, { once: true }))];
  const boot = document.getElementById("boot");
  const button = (await embedded)?.dress(boot);
  if (until === "visible") {
    woken.push(new Promise((wake) => {
      const watcher = new IntersectionObserver((seen) => {
        if (!seen.some((entry) => entry.isIntersecting)) return;
        watcher.disconnect();
        wake();
      });
      watcher.observe(boot);
    }));
  }
  if (button) woken.push(new Promise((wake) => button.addEventListener("click", wake, { once: true })));
  await Promise.race(woken);
}

const query = new URLSearchParams(location.search);
const mode = query.get("mode");
const inside = mode === "embed";
// What only a page inside another one needs.
const embedded = inside ? parts.module("embed.js") : null;
const when = query.get("start") ?? (inside ? "click" : "load");
if (mode === "present") parts.style("present.css");
if (mode === "speaker") {
  await Promise.all([parsed, parts.style("present.css")]);
  await parts.call("classroom.js", "show");
} else {
  if (when === "click" || when === "visible") await sleep(when);
  await start();
}
