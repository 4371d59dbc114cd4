// The film of the opening. Every epoch is kept, and shown as it was: nothing is interpolated. It stops at its end.
const PACE = 80; // ms that an epoch is shown

export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const player = find(".player"), film = find(".film"), still = find(".still");
  const button = find("button"), scrubber = find("[type=range]"), output = find("output");
  const calm = matchMedia("(prefers-reduced-motion: reduce)"), gone = new AbortController();
  const last = data.films[0].rms[0].length - 1, height = Math.max(...data.films.flatMap((one) => one.rms).flat());
  const middle = Math.round(last / 2);
  let playing = 0, begun = 0, chosen = Number(player.dataset.chosen ?? 0); // called again for another theme, it goes on

  scrubber.max = last;
  const on = (target, type, listener) => target.addEventListener(type, listener, { signal: gone.signal });
  const pictures = (place, count) => {
    const made = Array.from({ length: count }, () => Object.assign(document.createElement("canvas"), { width: data.side, height: data.side }));
    place.append(...made);
    return made;
  };
  const words = (template, epoch) => template.replace("{epoch}", epoch).replace("{lambda}", data.films[chosen].lambda);

  film.replaceChildren();
  still.replaceChildren();
  const moving = pictures(film, data.units);
  const rows = [0, middle, last].map((epoch) => {
    const title = document.createElement("p");
    still.append(title);
    return [epoch, title, pictures(still, data.units)];
  });
  const choices = data.films.map((one, k) => {
    const label = document.createElement("label"), input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "film", checked: k === chosen });
    label.append(input, one.name);
    on(input, "change", () => {
      player.dataset.chosen = chosen = k;
      drawAll();
    });
    return label;
  });
  find("legend").textContent = data.choose;
  find(".choice").replaceChildren(find("legend"), ...choices);
  const sizes = data.parts.map(([name, label]) => {
    const span = Object.assign(document.createElement("span"), { className: name });
    return [span, label];
  });
  const [start, level] = data.start;
  const named = Object.assign(document.createElement("span"), { className: "start", textContent: `${start}, ${level.toFixed(2)}` });
  find(".sizes").replaceChildren(...sizes.map(([span]) => span), named);

  // a picture: blue above 0, orange below, the more solid the larger; the ground shows where a weight is 0
  function paint(canvases, epoch) {
    const { frames } = data.films[chosen];
    if (!frames) return;
    const style = getComputedStyle(player), pixels = data.side ** 2;
    const inks = ["--negative", "--positive"].map((name) => {
      const hex = parseInt(style.getPropertyValue(name).trim().slice(1), 16);
      return [hex >> 16, (hex >> 8) & 255, hex & 255];
    });
    canvases.forEach((canvas, unit) => {
      const context = canvas.getContext("2d"), image = context.createImageData(data.side, data.side);
      for (let k = 0; k < pixels; k++) {
        const level = frames[(unit * pixels + k) * (last + 1) + epoch];
        image.data.set(inks[+(level > 0)], 4 * k);
        image.data[4 * k + 3] = (255 * Math.abs(level)) / data.levels;
      }
      context.putImageData(image, 0, 0);
    });
  }

  function draw() {
    const epoch = scrubber.valueAsNumber, { rms } = data.films[chosen];
    paint(moving, epoch);
    film.setAttribute("aria-label", words(data.alt, epoch));
    output.textContent = `epoch ${epoch}`;
    output.setAttribute("aria-live", playing ? "off" : "polite"); // a film under way is not read out
    scrubber.setAttribute("aria-valuetext", `epoch ${epoch}`);
    sizes.forEach(([span, label], k) => (span.textContent = `${label} ${rms[k][epoch].toFixed(2)}`));
    for (const end of ["x1", "x2"]) find(".cursor").setAttribute(end, epoch);
  }

  function drawAll() {
    const colours = getComputedStyle(player).getPropertyValue("--st-chart-categorical-colors").split(",");
    const { rms } = data.films[chosen];
    ["--hidden", "--output"].forEach((name, k) => player.style.setProperty(name, colours[k]));
    find(".curves").setAttribute("viewBox", `0 0 ${last} 100`);
    find(".curves").setAttribute("aria-label", words(data.curves, last));
    find(".cursor").setAttribute("y2", 100);
    const at = (size) => 96 - (92 * size) / height;
    Object.entries({ x2: last, y1: at(level), y2: at(level) }).forEach(([name, value]) => find(".start").setAttribute(name, value));
    data.parts.forEach(([name], k) => find(`path.${name}`).setAttribute("d", "M" + rms[k].map((size, epoch) => `${epoch},${at(size)}`).join("L")));
    rows.forEach(([epoch, title, canvases]) => {
      title.textContent = `${data.films[chosen].name}, epoch ${epoch}`;
      paint(canvases, epoch);
    });
    still.setAttribute("aria-label", words(data.alt, `0, ${middle}, ${last}`));
    draw();
  }

  function step(now) {
    const epoch = Math.min(last, Math.floor((now - begun) / PACE));
    if (epoch !== scrubber.valueAsNumber && epoch >= 0) {
      scrubber.value = epoch;
      draw();
    }
    if (epoch < last) playing = requestAnimationFrame(step);
    else pause();
  }
  function play() {
    const from = scrubber.valueAsNumber < last ? scrubber.valueAsNumber : 0;
    begun = performance.now() - from * PACE;
    button.textContent = "Pause";
    playing = requestAnimationFrame(step);
  }
  function pause() {
    cancelAnimationFrame(playing);
    playing = 0;
    button.textContent = "Play";
    draw();
  }

  on(button, "click", () => (playing ? pause() : play()));
  on(scrubber, "input", pause);
  on(calm, "change", pause);
  on(window, "beforeprint", drawAll);
  drawAll();
  unpack(data).then(() => {
    if (gone.signal.aborted) return;
    drawAll();
    if (!calm.matches && !player.dataset.seen) play(); // once for a reader
    player.dataset.seen = true;
  });
  return () => (cancelAnimationFrame(playing), gone.abort());
}

// base64 -> zlib -> changes of each pixel from epoch to epoch -> their running sum, its weight as steps of the scale
async function unpack({ films }) {
  for (const one of films) {
    const packed = Uint8Array.from(atob(one.packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const frames = new Int8Array(await new Response(stream).arrayBuffer()), epochs = one.rms[0].length;
    for (let k = 0; k < frames.length; k++) if (k % epochs) frames[k] += frames[k - 1];
    one.frames = frames;
  }
}
