// A run as pixels and on paper: PNG, WebM, a handout. Fetched only when one of them is asked for.

async function image(svg) {
  const picture = new Image();
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    picture.src = address;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(address);
  }
}

function offer(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function canvas(width, height) {
  return Object.assign(document.createElement("canvas"), { width: Math.ceil(width), height: Math.ceil(height) });
}

/** The picture of this SVG file, twice as large, as a PNG file. */
export async function png(svg) {
  const picture = await image(svg);
  const place = canvas(picture.naturalWidth * 2, picture.naturalHeight * 2);
  place.getContext("2d").drawImage(picture, 0, 0, place.width, place.height);
  offer("moment.png", await new Promise((done) => place.toBlob(done, "image/png")));
}

const HELD = 1400;
const LAST = 3000;

// Says how far it is; the dialog has a place for it.
function say(text) {
  const place = document.getElementById("recording");
  if (place) place.textContent = text;
}

/**
 * A film of these SVG files (parted by NUL), one after another. All of them are drawn before the first is recorded, so that none comes
 * late; a browser records as fast as it shows.
 */
export async function webm(files) {
  const list = files.split("\0");
  const pictures = [];
  for (const svg of list) pictures.push(await image(svg));
  const width = Math.max(...pictures.map((picture) => picture.naturalWidth)) * 2;
  const height = Math.max(...pictures.map((picture) => picture.naturalHeight)) * 2;
  const frames = pictures.map((picture) => {
    const frame = canvas(width, height);
    frame.getContext("2d").drawImage(picture, 0, 0, picture.naturalWidth * 2, picture.naturalHeight * 2);
    return frame;
  });
  const place = canvas(width, height);
  const pen = place.getContext("2d", { alpha: false });
  const type = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"].find((name) => MediaRecorder.isTypeSupported(name));
  const recorder = new MediaRecorder(place.captureStream(10), { mimeType: type, videoBitsPerSecond: 4_000_000 });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const done = new Promise((stopped) => (recorder.onstop = stopped));
  recorder.start();
  const whole = frames.length * HELD - HELD + LAST;
  const began = performance.now();
  for (const [i, frame] of frames.entries()) {
    const until = began + (i + 1 < frames.length ? (i + 1) * HELD : whole);
    // An encoder takes a picture only when something was drawn.
    while (performance.now() < until) {
      pen.drawImage(frame, 0, 0);
      say(`WebM ${Math.min(99, Math.floor(((performance.now() - began) / whole) * 100))} %`);
      await new Promise((next) => setTimeout(next, 100));
    }
  }
  recorder.stop();
  await done;
  say("");
  offer("ordinal.webm", new Blob(pieces, { type: "video/webm" }));
}

/** Prints a document. */
export async function print(html) {
  document.getElementById("printed")?.remove();
  const frame = Object.assign(document.createElement("iframe"), { id: "printed", srcdoc: html, title: "" });
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.style.cssText = "position:fixed;width:0;height:0;border:0;visibility:hidden";
  const loaded = new Promise((done) => (frame.onload = done));
  document.body.append(frame);
  await loaded;
  frame.contentWindow.focus();
  frame.contentWindow.print();
}
