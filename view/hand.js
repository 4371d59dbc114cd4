// Copies the page's address with every value, and says so; what it says is read out politely. Where figures follow the sliders,
// it tells the server of the first touch, which then sends them, and the figures of every step of a drag.
export default function ({ data, parentElement, setStateValue }) {
  const said = parentElement.querySelector("output");
  let silence;
  parentElement.querySelector("button").onclick = async () => {
    said.textContent = (await copied(data.address)) ? "Copied" : "Not copied";
    clearTimeout(silence);
    silence = setTimeout(() => (said.textContent = ""), 2500);
  };
  const end = data.follow ? followed(document.querySelector(".st-key-sliders"), () => setStateValue("touched", true)) : () => {};
  const leave = fitted();
  return () => {
    clearTimeout(silence);
    end();
    leave();
  };
}

// One step back leaves the page: Streamlit adds to the history also where it fills the address of a page, or clears it.
history.pushState = (state, unused, address) => {
  const step = new URL(address, location).pathname === location.pathname ? "replaceState" : "pushState";
  History.prototype[step].call(history, state, unused, address);
};

function followed(sliders, touched) {
  // a drag sets the attributes of a slider, and no event says so
  const steps = new MutationObserver((changes) => changes.forEach(({ target }) => target.dispatchEvent(new Event("live"))));
  steps.observe(sliders, { subtree: true, attributeFilter: ["value", "aria-valuetext"] });
  const first = ["pointerover", "pointerdown", "focusin"];
  const tell = ({ target }) => {
    if (!target.closest('[data-testid="stSlider"]')) return;
    touched();
    first.forEach((kind) => sliders.removeEventListener(kind, tell));
  };
  first.forEach((kind) => sliders.addEventListener(kind, tell));
  return () => {
    steps.disconnect();
    first.forEach((kind) => sliders.removeEventListener(kind, tell));
  };
}

// A chart whose new place is as wide as the plot within it was takes that for no change. A pixel less is one.
function fitted() {
  let calm;
  const fit = ({ style, clientWidth, firstElementChild }) => {
    if (firstElementChild?.clientWidth > clientWidth) style.maxWidth = style.maxWidth ? "" : "calc(100% - 1px)";
  };
  const wait = () => {
    clearTimeout(calm);
    calm = setTimeout(() => document.querySelectorAll('[data-testid="stVegaLiteChart"]').forEach(fit), 1000);
  };
  window.addEventListener("resize", wait);
  return () => {
    clearTimeout(calm);
    window.removeEventListener("resize", wait);
  };
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text); // where the page is not served over https, there is no clipboard
  }
}

function copiedFromField(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
