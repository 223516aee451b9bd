// What lessons need of the browser beyond what the module has: texts from elsewhere, and files dropped onto the page. The
// loader fetches this with the first lesson, or when the first file is dragged over the page.

// Reads a text as data, without anybody's cookies, and no further than `most` bytes: an answer need not end. `done` hears
// it, or null and why not.
export async function read(address, most, done) {
  try {
    const response = await globalThis.ordinalParts.fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
    const reader = response.body.getReader();
    const parts = [];
    let length = 0;
    for (let part; !(part = await reader.read()).done;) {
      parts.push(part.value);
      length += part.value.length;
      if (length > most) {
        reader.cancel();
        throw new Error(`> ${most / 1024} KiB`);
      }
    }
    done(await new Blob(parts).text());
  } catch (error) {
    done(null, error.message);
  }
}

// A dropped `.md` file goes to the module (`ordinalHear`: name and text) and to nobody else. Where the browser hands out
// a file as a place and not as a copy (File System Access), it is read again when the window gets the focus back: an
// author who saves and comes back sees the new text.
const files = (event) => event.dataTransfer?.types.includes("Files");
let place;
let written = 0;

async function hear(file) {
  written = file.lastModified;
  globalThis.ordinalHear?.(file.name, await file.slice(0, 2 ** 20).text());
}

addEventListener("dragover", (event) => {
  // Text that is dragged within the page is none of ours.
  if (files(event)) event.preventDefault();
});
addEventListener("drop", (event) => {
  const [file] = files(event) ? event.dataTransfer.files : [];
  if (!file) return;
  event.preventDefault();
  if (!file.name.endsWith(".md")) return;
  event.stopPropagation();
  place = event.dataTransfer.items[0]?.getAsFileSystemHandle?.().catch(() => null);
  hear(file);
}, true);
addEventListener("focus", async () => {
  const file = await (await place)?.getFile().catch(() => null);
  if (file && file.lastModified > written) hear(file);
});
