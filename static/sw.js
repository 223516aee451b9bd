// The page without a network: everything it needs is kept when it was visited once, and a new version is fetched whole before it is
// shown. The build writes the list: names, and the SHA-256 of what has to be in them (xtask/src/offline.rs).
//
// Files of different versions never meet: most have their hash in their name, lessons are asked for together with the engine they go
// with, so an older page that is still open finds its own parts, and a document is answered only from a version of which every file came as listed.
const FILES = {};
const VERSION = "";

const PREFIX = "ordinal-";
const scope = new URL(self.registration.scope);
const isOurs = (name) => name.startsWith(PREFIX);

async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// One file, from the browser's own cache if its name says what is in it; the wrong content is no content.
async function take(name, hash) {
  const isNamed = /-[0-9a-f]{16}\./.test(name);
  const address = new URL(name, scope);
  const response = (isNamed && (await caches.match(address))) || (await fetch(address, { cache: isNamed ? "force-cache" : "reload" }));
  const bytes = await response.clone().arrayBuffer();
  if (!response.ok || (await digest(bytes)) !== hash) throw new Error(`${name} is not of version ${VERSION}`);
  return [address, new Response(bytes, { headers: response.headers })];
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const files = await Promise.all(Object.entries(FILES).map(([name, hash]) => take(name, hash)));
    const cache = await caches.open(PREFIX + VERSION);
    await Promise.all(files.map(([address, response]) => cache.put(address, response)));
    await self.skipWaiting();
  })());
});

// What older versions kept goes when no window can need it any more.
async function tidy() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.length > 1) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => isOurs(name) && name !== PREFIX + VERSION).map((name) => caches.delete(name)));
}

// A file of the current version, or of an older one that is still open. `of`: the engine that it has to go with.
async function kept(name, of) {
  const address = new URL(name, scope);
  const older = (await caches.keys()).filter((cache) => isOurs(cache) && cache !== PREFIX + VERSION);
  for (const version of [PREFIX + VERSION, ...older]) {
    const cache = await caches.open(version);
    if (of && !(await cache.match(new URL(of, scope)))) continue;
    const found = await cache.match(address);
    if (found) return found;
  }
  return null;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== scope.origin || !address.pathname.startsWith(scope.pathname)) return;
  const name = address.pathname.slice(scope.pathname.length);
  if (request.mode === "navigate") {
    // A page inside somebody else's comes from the network, as ever.
    const isPage = name === "" || name === "index.html";
    if (!isPage || request.destination !== "document" || address.searchParams.get("mode") === "embed") return;
    event.waitUntil(tidy());
    event.respondWith(kept("index.html").then((response) => response ?? fetch(request)));
  } else if (name in FILES || /-[0-9a-f]{16}\./.test(name)) {
    event.respondWith(kept(name, address.searchParams.get("of")).then((response) => response ?? fetch(request)));
  }
});
